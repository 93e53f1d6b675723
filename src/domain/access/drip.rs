//! Gate 5: when each module opens, by its delay. A change of the schedule never locks what was open.

use super::{
    decision::{Anchor, Detail, Gate, GateVerdict, ModuleOpening},
    mode::Right,
    opening::Setting,
};
use crate::{
    calendar,
    contact::Opening,
    event::Module,
    ids::ModuleId,
    product::{ProductState, Schedule},
    timeline::{Instant, Intervals},
    values::{Advance, DripClock},
};
use chrono::{Days, Duration, NaiveDateTime};
use chrono_tz::Tz;

/// Gate 5 where nothing is granted: no module opens.
pub(super) fn locked(product: Option<&ProductState>) -> (GateVerdict, Vec<ModuleOpening>) {
    let modules = product.map_or(&[][..], ProductState::modules).iter();
    let closed = modules
        .map(|m| ModuleOpening { module: m.id, name: m.name.clone(), open: false, opens_at: None })
        .collect::<Vec<_>>();
    (verdict(product, 0, closed.len(), None), closed)
}

fn verdict(product: Option<&ProductState>, opened: usize, count: usize, next: Option<Instant>) -> GateVerdict {
    let detail = match count {
        0 => Detail::NoModules,
        _ if opened == count => Detail::ModulesOpened { count },
        _ => Detail::ModulesToCome { opened, count, next },
    };
    let fact = product.and_then(|p| p.schedules.last()).map(|s| s.since);
    GateVerdict::new(Gate::Drip, opened == count, detail, fact)
}

/// How delays are counted for one access.
pub(super) struct Drip<'a> {
    at: Instant,
    /// What a clock showed at the anchor.
    anchor: NaiveDateTime,
    zone: Tz,
    pass: &'a Intervals,
    /// Times of access as clocks showed them, where only those count. On the clock a day has 24 hours also when summer time comes, so that
    /// an access without a break opens modules as calendar days do.
    counted: Option<Intervals>,
    opening: &'a Opening,
    set: Instant,
}

impl<'a> Drip<'a> {
    pub fn of(product: &ProductState, setting: &Setting<'a>, order: Anchor, right: &'a Right<'_>) -> Self {
        let zone = setting.zone(right.zone);
        let at = setting.anchor(order).at;
        let on_the_clock = |t| calendar::local(t, zone).and_utc();
        let counted = (product.drip_clock == DripClock::EntitledDays).then(|| right.pass.map(on_the_clock));
        let anchor = calendar::local(at, zone);
        Drip { at, anchor, zone, pass: &right.pass, counted, opening: setting.opening, set: setting.set.at }
    }

    /// What gate 5 says at `at`, and the product's modules. `opens`: when the product opens, where it is closed and ever does.
    pub fn modules(
        &self,
        product: &ProductState,
        open: bool,
        opens: Option<Instant>,
        at: Instant,
    ) -> (GateVerdict, Vec<ModuleOpening>) {
        let (mut opened, mut next) = (0, None::<Instant>);
        let each = product.modules().iter().enumerate().map(|(place, module)| {
            let own = self.opens(&product.schedules, place, module);
            match own {
                Some(own) if own <= at => opened += 1,
                Some(own) => next = Some(next.map_or(own, |next| next.min(own))),
                None => {}
            }
            let opens_at = if open { own } else { own.zip(opens).map(|(own, product)| own.max(product)) };
            let open = open && own.is_some_and(|own| own <= at);
            ModuleOpening { module: module.id, name: module.name.clone(), open, opens_at }
        });
        let all: Vec<ModuleOpening> = each.collect();
        (verdict(Some(product), opened, all.len(), next), all)
    }

    /// When a module opens: the first schedule under which it opened before that schedule was replaced decides, else the last.
    fn opens(&self, schedules: &[Schedule], place: usize, module: &Module) -> Option<Instant> {
        let earlier = schedules.windows(2).find_map(|pair| {
            let [schedule, replaced] = pair else { return None };
            let delay = find(&schedule.modules, place, module.id)?.opens_after_days;
            self.opens_after(delay).filter(|opens| *opens < replaced.since.at)
        });
        earlier.or_else(|| self.opens_after(module.opens_after_days))
    }

    /// When a module of this delay opens by the opening in force; none: never, by the facts there are.
    fn opens_after(&self, delay: u32) -> Option<Instant> {
        let planned = self.planned(delay);
        match self.opening {
            Opening::FromOrderDate | Opening::FromDate { .. } => planned,
            Opening::Full => Some(planned.map_or(self.set, |planned| planned.min(self.set))),
            Opening::Advanced(advance) => {
                let advanced = self.advanced(delay, *advance).map(|opens| opens.max(self.set));
                planned.into_iter().chain(advanced).min()
            }
        }
    }

    fn planned(&self, delay: u32) -> Option<Instant> {
        self.on(self.after(delay))
    }

    /// The planned day, earlier by the advance. Of counted days the advance takes from the delay first; what is left of it reaches before the anchor.
    fn advanced(&self, delay: u32, advance: Advance) -> Option<Instant> {
        self.on(calendar::local_minus(self.after(delay), advance))
    }

    fn after(&self, delay: u32) -> NaiveDateTime {
        self.anchor.checked_add_days(Days::new(delay.into())).unwrap_or(self.anchor)
    }

    /// The instant at which the delay to this local time is over: on the calendar, or counted in times of access.
    fn on(&self, local: NaiveDateTime) -> Option<Instant> {
        match &self.counted {
            None if local == self.anchor => Some(self.at),
            Some(_) if local == self.anchor => self.pass.after_spending(self.at, Duration::zero()),
            Some(counted) if local > self.anchor => {
                let spent = counted.after_spending(self.anchor.and_utc(), local - self.anchor)?;
                Some(calendar::instant(spent.naive_utc(), self.zone))
            }
            _ => Some(calendar::instant(local, self.zone)),
        }
    }
}

/// A module in an older schedule: mostly it has kept its place.
fn find(modules: &[Module], place: usize, id: ModuleId) -> Option<&Module> {
    modules.get(place).filter(|m| m.id == id).or_else(|| modules.iter().find(|m| m.id == id))
}
