//! What can be asked of a product.

use super::{Archived, Created, ModulesSet, OrderEmail, OrderEmailSet, ProductEvent, ProductState, Renamed, Restored};
use crate::{
    event::Module,
    ids::{AccountId, ModuleId},
    refusal::{Check, Code, Refusal, Refusals},
    text::{NAME_MAX, paragraph, required_line},
    values::DripClock,
};
use std::collections::BTreeSet;

/// Most modules a product may have.
const MODULES_MAX: usize = 1000;
/// Longest delay of a module, in days: ten years.
const DELAY_MAX: i64 = 3650;
/// Longest body of an order e-mail, in characters.
const BODY_MAX: usize = 20_000;

/// What an order e-mail may say as `{{name}}`.
pub const TEMPLATE_VARIABLES: &[&str] = &["firstName", "lastName", "product", "opensOn", "accessUrl", "account"];

/// A module as a caller gives it.
#[derive(Debug, Clone)]
pub struct ModuleDraft {
    /// The id of a module the product has, to keep it; none for a new one.
    pub id: Option<ModuleId>,
    /// The id it gets if it is new.
    pub fresh: ModuleId,
    /// 1..200 characters.
    pub name: String,
    /// 0..3650 days after the anchor.
    pub opens_after_days: i64,
}

/// Creates a product.
#[derive(Debug, Clone)]
pub struct CreateProduct {
    /// Whose it is.
    pub account: AccountId,
    /// 1..200 characters.
    pub name: String,
    /// Whether it is delivered to an address; default no.
    pub delivered: bool,
    /// Default calendar days.
    pub drip_clock: DripClock,
    /// In order.
    pub modules: Vec<ModuleDraft>,
    /// Subject and body.
    pub order_email: Option<OrderEmail>,
}

impl CreateProduct {
    /// Creates it.
    pub fn decide(self) -> Result<Vec<ProductEvent>, Refusals> {
        let mut check = Check::default();
        let name = check.take(required_line("name", &self.name, NAME_MAX));
        let modules = modules(&mut check, self.modules, |_| false);
        let order_email = self.order_email.and_then(|mail| order_email(&mut check, mail));
        check.finish()?;
        Ok(vec![
            Created {
                account: self.account,
                name,
                delivered: self.delivered,
                drip_clock: self.drip_clock,
                modules,
                order_email,
            }
            .into(),
        ])
    }
}

/// Gives the product another name.
#[derive(Debug, Clone)]
pub struct RenameProduct {
    /// 1..200 characters.
    pub name: String,
}

impl RenameProduct {
    /// Renames it; nothing when it has that name.
    pub fn decide(self, product: &ProductState) -> Result<Vec<ProductEvent>, Refusals> {
        let name = required_line("name", &self.name, NAME_MAX)?;
        Ok(if name == product.name { vec![] } else { vec![Renamed { name }.into()] })
    }
}

/// Replaces the modules and their delays. What was open stays open (row K21).
#[derive(Debug, Clone)]
pub struct SetModules {
    /// In order.
    pub modules: Vec<ModuleDraft>,
}

impl SetModules {
    /// Sets them; nothing when they are so already.
    pub fn decide(self, product: &ProductState) -> Result<Vec<ProductEvent>, Refusals> {
        let mut check = Check::default();
        let modules = modules(&mut check, self.modules, |id| product.has_had(id));
        check.finish()?;
        Ok(if modules == product.modules() { vec![] } else { vec![ModulesSet { modules }.into()] })
    }
}

/// Sets the order e-mail, or takes it away.
#[derive(Debug, Clone)]
pub struct SetOrderEmail {
    /// Subject and body; none takes it away.
    pub order_email: Option<OrderEmail>,
}

impl SetOrderEmail {
    /// Sets it; nothing when it is so already. An unknown variable is refused here, not when the mail is sent.
    pub fn decide(self, product: &ProductState) -> Result<Vec<ProductEvent>, Refusals> {
        let mut check = Check::default();
        let order_email = self.order_email.and_then(|mail| order_email(&mut check, mail));
        check.finish()?;
        Ok(if order_email == product.order_email { vec![] } else { vec![OrderEmailSet { order_email }.into()] })
    }
}

/// Takes the product out of choice: no new grants, what is granted stays.
#[derive(Debug, Clone)]
pub struct ArchiveProduct;

impl ArchiveProduct {
    /// Archives it; nothing when it is so already.
    pub fn decide(self, product: &ProductState) -> Result<Vec<ProductEvent>, Refusals> {
        Ok(if product.archived.is_some() { vec![] } else { vec![Archived {}.into()] })
    }
}

/// Puts the product back in choice.
#[derive(Debug, Clone)]
pub struct RestoreProduct;

impl RestoreProduct {
    /// Restores it; nothing when it is so already.
    pub fn decide(self, product: &ProductState) -> Result<Vec<ProductEvent>, Refusals> {
        Ok(if product.archived.is_none() { vec![] } else { vec![Restored {}.into()] })
    }
}

fn modules(check: &mut Check, drafts: Vec<ModuleDraft>, known: impl Fn(ModuleId) -> bool) -> Vec<Module> {
    if drafts.len() > MODULES_MAX {
        check.refuse(Refusal::at(Code::TooLong, "modules").with("max", MODULES_MAX));
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let mut out = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        let inside = |refusal: Refusal| refusal.under(index.to_string()).under("modules");
        let name = check.take(required_line("name", &draft.name, NAME_MAX).map_err(inside));
        if !(0..=DELAY_MAX).contains(&draft.opens_after_days) {
            check.refuse(inside(Refusal::at(Code::Invalid, "opensAfterDays").with("min", 0).with("max", DELAY_MAX)));
        }
        let id = draft.id.unwrap_or(draft.fresh);
        if draft.id.is_some_and(|id| !known(id)) {
            check.refuse(inside(Refusal::at(Code::NotFound, "id")));
        } else if !seen.insert(id) {
            check.refuse(inside(Refusal::at(Code::Invalid, "id")));
        }
        out.push(Module { id, name, opens_after_days: draft.opens_after_days.clamp(0, DELAY_MAX) as u32 });
    }
    out
}

fn order_email(check: &mut Check, mail: OrderEmail) -> Option<OrderEmail> {
    let inside = |refusal: Refusal| refusal.under("orderEmail");
    let subject = check.take(required_line("subject", &mail.subject, NAME_MAX).map_err(inside));
    let body = check.take(paragraph("body", &mail.body, BODY_MAX).map_err(inside));
    for (field, text) in [("subject", &subject), ("body", &body)] {
        if let Some(unknown) = unknown_variable(text) {
            check.refuse(
                inside(Refusal::at(Code::Invalid, field))
                    .with("value", unknown)
                    .with("expected", TEMPLATE_VARIABLES.join(", ")),
            );
        }
    }
    Some(OrderEmail { subject, body })
}

/// The first `{{name}}` that no mail can fill, or an opening `{{` that is never closed.
fn unknown_variable(text: &str) -> Option<String> {
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        rest = &rest[start + 2..];
        let Some(end) = rest.find("}}") else { return Some("{{".to_owned()) };
        let name = rest[..end].trim();
        if !TEMPLATE_VARIABLES.contains(&name) {
            return Some(name.chars().take(40).collect());
        }
        rest = &rest[end + 2..];
    }
    None
}
