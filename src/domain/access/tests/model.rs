//! The rule told once more, hour by hour and without a thought: no intervals, no state, only the log read again for each hour. It shares no code
//! with what it checks. Every time in its logs is a full hour.

use super::story::Story;
use crate::{
    Event, Fact, ModuleId, StreamId, SubscriptionId,
    access::{AnchorKind, Reason},
    contact::{ContactEvent as C, Grantor, Opening},
    product::ProductEvent as P,
    subscription::SubscriptionEvent as S,
    timeline::Instant,
    values::{AccessMode, DripClock, PaymentState, PeriodUnit},
};
use chrono::{Duration, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use std::collections::BTreeMap;

type Hour = usize;
type Log<'a> = &'a [(StreamId, Event, Fact)];

/// What the model says of one instant.
#[derive(Debug, PartialEq)]
pub struct Told {
    pub reason: Reason,
    pub opens_at: Option<Instant>,
    pub accessible_since: Option<Instant>,
    pub anchor: Option<(AnchorKind, Instant)>,
    pub modules: Vec<(ModuleId, bool, Option<Instant>)>,
}

/// The hours that the model looks at, from `start` on.
pub struct Hours {
    pub start: Instant,
    locals: Vec<NaiveDateTime>,
    days: BTreeMap<NaiveDate, Hour>,
}

impl Hours {
    pub fn new(start: Instant, days: i64, zone: Tz) -> Hours {
        let hours = 0..days * 24;
        let locals: Vec<_> = hours.map(|n| (start + Duration::hours(n)).with_timezone(&zone).naive_local()).collect();
        let days = locals.iter().enumerate().rev().map(|(hour, local)| (local.date(), hour)).collect();
        Hours { start, locals, days }
    }
    /// What happens on the last day or later is not told.
    pub fn end(&self) -> Instant {
        self.instant(self.locals.len() - 24)
    }
    fn instant(&self, hour: Hour) -> Instant {
        self.start + Duration::hours(hour as i64)
    }
    fn hour(&self, at: Instant) -> Hour {
        usize::try_from((at - self.start).num_hours()).unwrap_or(0)
    }
    /// The first hour at which clocks have reached a local time; none within these hours.
    fn first(&self, local: NaiveDateTime) -> Option<Hour> {
        assert!(local >= self.locals[0], "{local} is before the model's hours");
        self.locals.iter().position(|l| *l >= local)
    }
    fn midnight(&self, day: NaiveDate) -> Hour {
        assert!(day > self.locals[0].date(), "{day} is before the model's hours");
        self.days.get(&day).copied().unwrap_or(usize::MAX)
    }
    fn shifted(&self, hour: Hour, days: i64) -> Option<Hour> {
        match (days, self.locals.get(hour)) {
            (0, _) => Some(hour),
            (_, Some(local)) => self.first(*local + Duration::days(days)),
            (_, None) => None,
        }
    }
}

/// The model at one instant: what was recorded by then, projected.
pub struct Model<'a> {
    hours: &'a Hours,
    log: Log<'a>,
    recorded: Vec<Hour>,
    /// By hour, how much of the log was recorded by then.
    by: Vec<usize>,
    grace: i64,
    clock: DripClock,
    at: Hour,
    /// Where in the log the access was granted, if it still is.
    grant: Option<usize>,
    pass: Vec<bool>,
    orders: Vec<Option<(Hour, AnchorKind)>>,
    /// By subscription, when it entitled while it was attached and counted.
    entitled: Vec<(SubscriptionId, Vec<bool>)>,
}

impl<'a> Model<'a> {
    pub fn of(story: &'a Story, hours: &'a Hours, at: Instant) -> Model<'a> {
        let grace = i64::from(story.account().policies.grace_days);
        let log = &story.log()[..story.log().iter().filter(|(_, _, fact)| fact.at <= at).count()];
        let mut grant = None;
        for (n, (_, event, _)) in log.iter().enumerate() {
            match event {
                Event::Contact(C::AccessGranted(_)) => grant = Some(n),
                Event::Contact(C::AccessRemoved(_)) => grant = None,
                _ => {}
            }
        }
        let (clock, at) = (story.product().drip_clock, hours.hour(at));
        let recorded: Vec<Hour> = log.iter().map(|(_, _, fact)| hours.hour(fact.at)).collect();
        let all = 0..hours.locals.len();
        let by = all.clone().map(|t| recorded.iter().filter(|recorded| **recorded <= t).count()).collect();
        let mut model = Model {
            hours,
            log,
            recorded,
            by,
            grace,
            clock,
            at,
            grant,
            pass: Vec::new(),
            orders: Vec::new(),
            entitled: Vec::new(),
        };
        for (_, event, _) in log {
            if let Event::Contact(C::SubscriptionAttached(e)) = event
                && model.entitled.iter().all(|(id, _)| *id != e.subscription)
            {
                let id = e.subscription;
                let attached: Vec<bool> = (0..=log.len()).map(|n| model.attached(id, n)).collect();
                let entitled = all.clone().map(|t| attached[model.by[t]] && model.entitles(id, t)).collect();
                model.entitled.push((id, entitled));
            }
        }
        let modes: Vec<Option<AccessMode>> = (0..=log.len()).map(|n| model.mode(n)).collect();
        let entitled = |t: Hour| model.entitled.iter().any(|(_, entitled)| entitled[t]);
        let passes = |t: Hour| match modes[model.by[t]] {
            None | Some(AccessMode::Suspended) => false,
            Some(AccessMode::Activated) => true,
            Some(AccessMode::Automatic) => entitled(t),
        };
        model.pass = all.map(passes).collect();
        model.orders = model.orders_by_hour();
        model
    }

    /// What happened to one subscription in the first `n` entries.
    fn of_subscription(&self, id: SubscriptionId, n: usize) -> impl Iterator<Item = (&'a S, Fact)> {
        let log = &self.log[..n];
        log.iter().filter(move |(stream, _, _)| *stream == id.into()).filter_map(|(_, event, fact)| match event {
            Event::Subscription(e) => Some((e, *fact)),
            _ => None,
        })
    }

    /// Whether a subscription that counts was attached after `n` entries of the log.
    fn attached(&self, id: SubscriptionId, n: usize) -> bool {
        let Some(grant) = self.grant else { return false };
        let by_subscription =
            matches!(&self.log[grant].1, Event::Contact(C::AccessGranted(e)) if e.by == Grantor::Subscription);
        let removed = self.log[..grant].iter().rposition(|(_, e, _)| matches!(e, Event::Contact(C::AccessRemoved(_))));
        let blocked = removed.filter(|_| by_subscription);
        let mut attached = None;
        for (n, (_, event, _)) in self.log[..n].iter().enumerate() {
            match event {
                Event::Contact(C::SubscriptionAttached(e)) if e.subscription == id => attached = Some(n),
                Event::Contact(C::SubscriptionDetached(e)) if e.subscription == id => attached = None,
                _ => {}
            }
        }
        attached.is_some_and(|n| blocked.is_none_or(|removed| removed < n))
    }

    /// What is recorded late may fill in and takes nothing back: bought if by any account of it from `t` on, and so with payments.
    fn entitles(&self, id: SubscriptionId, t: Hour) -> bool {
        let by_then = self.by[t];
        let accounts =
            || (by_then..=self.log.len()).filter(|n| *n == by_then || self.log[*n - 1].0 == StreamId::from(id));
        let mut paused = false;
        for (event, _) in self.of_subscription(id, by_then) {
            match event {
                S::Paused(_) => paused = true,
                S::Resumed(_) => paused = false,
                _ => {}
            }
        }
        !paused && accounts().any(|n| self.bought(id, n, t)) && accounts().any(|n| self.paid(id, n, t))
    }

    fn bought(&self, id: SubscriptionId, n: usize, t: Hour) -> bool {
        let mut periods: Vec<(NaiveDate, Option<NaiveDate>)> = Vec::new();
        for (event, _) in self.of_subscription(id, n) {
            match event {
                S::Started(e) => periods.push((e.starts_on, e.ends_on)),
                S::Renewed(e) => match e.starts_on {
                    Some(first) => periods.push((first, e.ends_on)),
                    None => periods.last_mut().unwrap().1 = e.ends_on,
                },
                S::Cancelled(e) => periods.last_mut().unwrap().1 = Some(e.ends_on),
                _ => {}
            }
        }
        periods.iter().any(|(first, last)| {
            self.hours.midnight(*first) <= t
                && last.is_none_or(|last| t < self.hours.midnight(last.succ_opt().unwrap()))
        })
    }

    fn paid(&self, id: SubscriptionId, n: usize, t: Hour) -> bool {
        let mut payments: Vec<(Hour, PaymentState)> = Vec::new();
        for (event, _) in self.of_subscription(id, n) {
            if let S::PaymentRecorded(e) = event {
                payments.push((self.hours.hour(e.occurred_at), e.state));
            }
        }
        payments.sort_by_key(|(occurred, _)| *occurred);
        payments.retain(|(occurred, _)| *occurred <= t);
        match payments.last() {
            None | Some((_, PaymentState::Paid)) => true,
            Some((_, PaymentState::Failed)) => false,
            Some((_, PaymentState::PastDue)) => {
                let late = payments.iter().rev().take_while(|(_, state)| *state == PaymentState::PastDue);
                self.hours.shifted(late.last().unwrap().0, self.grace).is_none_or(|over| t < over)
            }
        }
    }

    /// The mode after `n` entries of the log; none: not granted.
    fn mode(&self, n: usize) -> Option<AccessMode> {
        let granted = self.log[..n].iter().skip(self.grant?);
        granted.fold(None, |mode, (_, event, _)| match event {
            Event::Contact(C::AccessGranted(e)) => Some(e.mode),
            Event::Contact(C::AccessModeSet(e)) => Some(e.mode),
            _ => mode,
        })
    }

    fn starts(&self, id: SubscriptionId) -> Hour {
        let first = self.of_subscription(id, self.log.len()).find_map(|(event, _)| match event {
            S::Started(e) => Some(e.starts_on),
            _ => None,
        });
        self.hours.midnight(first.unwrap())
    }

    /// The order date while access lasts: set when it begins, brought forward by what joins.
    fn orders_by_hour(&self) -> Vec<Option<(Hour, AnchorKind)>> {
        let Some(grant) = self.grant else { return Vec::new() };
        let granted_at = self.hours.hour(self.log[grant].2.at);
        let by_hand = matches!(&self.log[grant].1, Event::Contact(C::AccessGranted(e)) if e.by == Grantor::Manual);
        let mut orders: Vec<Option<(Hour, AnchorKind)>> = Vec::new();
        for t in 0..self.pass.len() {
            let mut order = orders.last().copied().flatten().filter(|_| self.pass[t]);
            if self.pass[t] {
                let joining = self.entitled.iter().filter(|(_, entitled)| entitled[t]);
                let joining = joining.map(|(id, _)| (self.starts(*id), AnchorKind::OrderDate));
                let granted = (by_hand && granted_at == t).then_some((granted_at, AnchorKind::GrantDate));
                order = order.into_iter().chain(joining).chain(granted).min();
                order = order.or_else(|| Some(self.stands_in(t)));
                let attached = self.entitled.iter().filter(|(id, _)| self.attached(*id, self.by[t]));
                let to_come = attached.map(|(id, _)| (self.starts(*id), AnchorKind::OrderDate)).filter(|s| s.0 > t);
                order = order.into_iter().chain(to_come).min();
            }
            orders.push(order);
        }
        orders
    }

    /// Without an order when access begins at `t`: the first day of what is attached, else the grant.
    fn stands_in(&self, t: Hour) -> (Hour, AnchorKind) {
        let attached = self.entitled.iter().filter(|(id, _)| self.attached(*id, self.by[t]));
        let first_days = attached.map(|(id, _)| (self.starts(*id), AnchorKind::OrderDate)).min();
        first_days.unwrap_or((self.recorded[self.grant.unwrap()], AnchorKind::GrantDate))
    }

    /// The opening in force at `t`, since when, and the order date given.
    fn setting(&self, t: Hour) -> (Opening, Hour, Option<NaiveDate>) {
        let mut setting = None;
        for (_, event, fact) in self.log[..self.by[t]].iter().skip(self.grant.unwrap()) {
            let hour = self.hours.hour(fact.at);
            match (event, &mut setting) {
                (Event::Contact(C::AccessGranted(e)), _) => setting = Some((e.opening.clone(), hour, e.ordered_on)),
                (Event::Contact(C::AccessOpeningSet(e)), Some(s)) => (s.0, s.1) = (e.opening.clone(), hour),
                (Event::Contact(C::AccessOrderDateSet(e)), Some(s)) => s.2 = e.ordered_on,
                _ => {}
            }
        }
        setting.unwrap()
    }

    /// When the content opens by the setting at `t`, for the order date that follows from subscriptions and grant.
    fn opens(&self, t: Hour, order: (Hour, AnchorKind)) -> Hour {
        let (opening, set, _) = self.setting(t);
        let order = self.given(t).unwrap_or(order).0;
        match opening {
            Opening::FromOrderDate => order,
            Opening::Full => set,
            Opening::FromDate { date, .. } => self.hours.midnight(date).max(set),
            Opening::Advanced(advance) => {
                assert_eq!(advance.unit, PeriodUnit::Days);
                order.min(self.hours.shifted(order, -i64::from(advance.by)).unwrap_or(usize::MAX).max(set))
            }
        }
    }

    fn given(&self, t: Hour) -> Option<(Hour, AnchorKind)> {
        self.setting(t).2.map(|day| (self.hours.midnight(day), AnchorKind::OrderDate))
    }

    fn open(&self, t: Hour) -> bool {
        self.orders[t].is_some_and(|order| self.opens(t, order) <= t)
    }

    /// The order date at `at`: of the access that lasts, else of the next one, else of the last, else what it would be now.
    fn order(&self, at: Hour) -> (Hour, AnchorKind) {
        let next = self.orders[at..].iter().find_map(|order| *order);
        let last = self.orders[..at].iter().rev().find_map(|order| *order);
        self.given(at).or(next).or(last).unwrap_or_else(|| self.stands_in(at))
    }

    pub fn told(&self) -> Told {
        let at = self.at;
        let schedules = self.schedules();
        let now = schedules.last().map_or(vec![], |(_, modules)| modules.clone());
        if self.grant.is_none() {
            let modules = now.iter().map(|(id, _)| (*id, false, None)).collect();
            return Told { reason: Reason::NotGranted, opens_at: None, accessible_since: None, anchor: None, modules };
        }
        let end = self.pass.len() - 24;
        let open = self.open(at);
        let (opening, set, _) = self.setting(at);
        let order = self.order(at);
        let reason = match (self.pass[at], self.mode(self.log.len())) {
            (true, _) if open => Reason::Open,
            (true, _) => Reason::NotYetOpen,
            (false, Some(AccessMode::Suspended)) => Reason::Suspended,
            (false, _) => Reason::NoSubscription,
        };
        let opens_at = if open { Some(self.opens(at, order)) } else { (at..end).find(|t| self.open(*t)) };
        let opens_at = opens_at.filter(|t| *t < end);
        let accessible_since = (0..=at).rev().take_while(|t| self.open(*t)).last();
        let (anchor, kind) = match &opening {
            Opening::FromDate { date, .. } => (self.hours.midnight(*date), AnchorKind::ChosenDate),
            _ => order,
        };
        let modules = now.iter().map(|(id, _)| {
            let own = self.module_opens(&schedules, *id, anchor, &opening, set).filter(|t| *t < end);
            let opens = if open { own } else { own.zip(opens_at).map(|(own, product)| own.max(product)) };
            (*id, open && own.is_some_and(|own| own <= at), opens.map(|t| self.hours.instant(t)))
        });
        Told {
            reason,
            opens_at: opens_at.map(|t| self.hours.instant(t)),
            accessible_since: accessible_since.map(|t| self.hours.instant(t)),
            anchor: Some((kind, self.hours.instant(anchor))),
            modules: modules.collect(),
        }
    }

    fn schedules(&self) -> Vec<(Hour, Vec<(ModuleId, i64)>)> {
        let schedules = self.log.iter().filter_map(|(_, event, fact)| match event {
            Event::Product(P::Created(e)) => Some((fact, &e.modules)),
            Event::Product(P::ModulesSet(e)) => Some((fact, &e.modules)),
            _ => None,
        });
        schedules
            .map(|(fact, modules)| {
                (self.hours.hour(fact.at), modules.iter().map(|m| (m.id, i64::from(m.opens_after_days))).collect())
            })
            .collect()
    }

    fn module_opens(
        &self,
        schedules: &[(Hour, Vec<(ModuleId, i64)>)],
        id: ModuleId,
        anchor: Hour,
        opening: &Opening,
        set: Hour,
    ) -> Option<Hour> {
        let mut last = None;
        for (n, (_, modules)) in schedules.iter().enumerate() {
            let Some((_, delay)) = modules.iter().find(|(module, _)| *module == id) else { continue };
            let planned = self.after(anchor, *delay);
            last = match opening {
                Opening::FromOrderDate | Opening::FromDate { .. } => planned,
                Opening::Full => Some(planned.unwrap_or(usize::MAX).min(set)),
                Opening::Advanced(advance) => {
                    let advanced = self.after(anchor, delay - i64::from(advance.by)).map(|t| t.max(set));
                    Some(planned.unwrap_or(usize::MAX).min(advanced.unwrap_or(usize::MAX)))
                }
            };
            if let (Some(opens), Some((replaced, _))) = (last, schedules.get(n + 1))
                && opens < *replaced
            {
                return last;
            }
        }
        last
    }

    fn after(&self, anchor: Hour, days: i64) -> Option<Hour> {
        if self.clock == DripClock::CalendarDays || days < 0 {
            return self.hours.shifted(anchor, days);
        }
        let mut left = Duration::days(days);
        for t in anchor..self.pass.len() - 1 {
            if left <= Duration::zero() && (days > 0 || self.pass[t]) {
                return Some(t);
            }
            if self.pass[t] {
                left -= self.hours.locals[t + 1] - self.hours.locals[t];
            }
        }
        None
    }
}
