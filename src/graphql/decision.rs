//! The access decision as callers see it: open or not, since when, from when on, and what each gate said.

use super::{
    asker::Asker,
    product::Module,
    scalars::{Instant, Position},
    words::{AccessReason, ActorKind, AnchorKind, Gate},
};
use crate::i18n::{labels::choice, lang::Lang, verdicts};
use async_graphql::{ID, SimpleObject};
use domain::{
    Fact,
    access::{Decision, Detail, Reason},
    product::ProductState,
};

/// Who acted. Carries no personal value.
#[derive(SimpleObject, Debug, Clone)]
pub struct Actor {
    kind: ActorKind,
    /// Of a token; the operator at the command line has none.
    id: Option<ID>,
    /// What it is called, in the language of `Accept-Language`.
    label: String,
}

impl Actor {
    pub fn new(actor: domain::Actor, lang: Lang) -> Actor {
        let kind = actor.kind.as_str();
        Actor {
            kind: actor.kind.into(),
            id: (!actor.id.is_nil()).then(|| ID(actor.id.simple().to_string())),
            label: choice("ActorKind", kind, lang).unwrap_or(kind).to_owned(),
        }
    }
}

/// The event that a verdict rests on.
#[derive(SimpleObject, Debug, Clone)]
pub struct EventRef {
    /// Its place in the log.
    position: Position,
    /// When it was recorded.
    at: Instant,
    /// Who did it.
    actor: Actor,
}

impl EventRef {
    fn new(fact: Fact, asker: &Asker) -> EventRef {
        EventRef {
            position: asker.app.reader().token(fact.position).into(),
            at: Instant(fact.at),
            actor: Actor::new(fact.actor, asker.lang),
        }
    }
}

/// What one gate says.
#[derive(SimpleObject, Debug, Clone)]
pub struct GateVerdict {
    gate: Gate,
    /// Whether it lets through.
    passed: bool,
    /// Why, as a stable code.
    code: String,
    /// Why, as a sentence in the language of `Accept-Language`.
    detail: String,
    /// The event that decided so; null where nothing was ever recorded.
    event: Option<EventRef>,
}

/// When a module opens.
#[derive(SimpleObject, Clone)]
pub struct ModuleOpening {
    module: Module,
    /// Whether it is open: the product is, and its own time has come.
    open: bool,
    /// When its own time came or comes; null: never, by the facts there are.
    opens_at: Option<Instant>,
}

/// May this contact open this product, and why?
#[derive(SimpleObject, Clone)]
pub struct AccessDecision {
    open: bool,
    /// What closes it, or `OPEN`.
    reason: AccessReason,
    /// Open: when it opened. Closed: when it will open by the facts there are; null: never.
    opens_at: Option<Instant>,
    /// Since when it has been open without a break.
    accessible_since: Option<Instant>,
    /// What each of the five gates says, in order, also behind a closed one.
    trace: Vec<GateVerdict>,
    /// The product's modules in order: the calendar of what opens when.
    modules: Vec<ModuleOpening>,
}

/// What delays count from.
#[derive(SimpleObject)]
pub struct Anchor {
    kind: AnchorKind,
    at: Instant,
}

impl From<domain::access::Anchor> for Anchor {
    fn from(anchor: domain::access::Anchor) -> Self {
        Anchor { kind: anchor.kind.into(), at: Instant(anchor.at) }
    }
}

impl AccessDecision {
    /// The decision on a product.
    pub fn new(
        decision: Decision,
        product: Option<&ProductState>,
        zone: chrono_tz::Tz,
        asker: &Asker,
    ) -> AccessDecision {
        let days = |id| {
            let module = product.and_then(|p| p.modules().iter().find(|m| m.id == id));
            module.map_or(0, |m| m.opens_after_days)
        };
        let modules = decision.modules.iter().map(|m| ModuleOpening {
            module: Module { id: ID(m.module.to_string()), name: m.name.clone(), opens_after_days: days(m.module) },
            open: m.open,
            opens_at: m.opens_at.map(Instant),
        });
        let trace = decision.trace.iter().map(|verdict| GateVerdict {
            gate: verdict.gate.into(),
            passed: verdict.passed,
            code: verdict.detail.code().to_owned(),
            detail: verdicts::sentence(verdict.detail.code(), asker.lang, &values(&verdict.detail, zone, asker.lang)),
            event: verdict.fact.map(|fact| EventRef::new(fact, asker)),
        });
        AccessDecision {
            open: decision.open,
            reason: decision.reason.into(),
            opens_at: decision.opens_at.map(Instant),
            accessible_since: decision.accessible_since.map(Instant),
            trace: trace.collect(),
            modules: modules.collect(),
        }
    }

    /// The same question about one module of the product: its own time counts besides the product's.
    pub fn of_module(mut self, module: &domain::access::ModuleOpening) -> AccessDecision {
        if self.open && !module.open {
            self.reason = Reason::NotYetOpen.into();
        }
        self.open = module.open;
        self.opens_at = module.opens_at.map(Instant);
        let later = |since: Instant| module.opens_at.map_or(since, |own| Instant(since.0.max(own)));
        self.accessible_since = self.accessible_since.filter(|_| module.open).map(later);
        self
    }
}

/// What the sentence of a verdict says besides its code. Days are those of the account.
fn values(detail: &Detail, zone: chrono_tz::Tz, lang: Lang) -> Vec<(&'static str, String)> {
    let day = |at: &chrono::DateTime<chrono::Utc>| domain::calendar::day(*at, zone).to_string();
    let word = |of, value: &str| choice(of, value, lang).unwrap_or(value).to_owned();
    match detail {
        Detail::Member { profile, status } | Detail::NotActiveMember { profile, status } => {
            vec![("profile", word("Profile", profile.as_str())), ("status", word("MembershipStatus", status.as_str()))]
        }
        Detail::SubscriptionEntitles { until, .. } => until.iter().map(|at| ("date", day(at))).collect(),
        Detail::SubscriptionNotBegun { begins: at, .. }
        | Detail::SubscriptionEnded { ended: at, .. }
        | Detail::SubscriptionCancelled { ended: at, .. }
        | Detail::PaymentOverdue { since: at, .. }
        | Detail::Full { since: at } => vec![("date", day(at))],
        Detail::FromOrderDate { anchor, opens } => {
            vec![("anchor", word("AnchorKind", anchor.as_str())), ("date", day(opens))]
        }
        Detail::Advanced { advance, planned, opens } => {
            let told = |at| crate::i18n::typography::date(&day(at), lang).unwrap_or_default();
            let unit = word(if advance.by == 1 { "OnePeriod" } else { "PeriodUnit" }, advance.unit.as_str());
            let unit = unit.to_lowercase();
            let mut values = vec![("by", advance.by.to_string()), ("unit", unit)];
            // An advance that was given when the day had come brings nothing forward.
            match day(planned) == day(opens) {
                true => values.push(("kept", told(opens))),
                false => values.extend([("planned", told(planned)), ("date", day(opens))]),
            }
            values
        }
        Detail::FromDate { date, .. } => vec![("date", date.to_string())],
        Detail::ModulesOpened { count } => vec![("count", count.to_string())],
        Detail::ModulesToCome { opened, count, next } => {
            let mut values = vec![("opened", opened.to_string()), ("count", count.to_string())];
            values.extend(next.iter().map(|at| ("date", day(at))));
            values
        }
        _ => Vec::new(),
    }
}
