//! The last step of a journey: one mutation. What is refused leads back to the step where it was filled in.

use super::{Shown, Walk};
use crate::web::rooms::given;
use pages::{
    journeys::{BY_USER, SUBMIT, Staged, Way},
    parts::Wrong,
};
use serde::Deserialize;
use serde_json::{Value, json};

impl Walk {
    /// Does all of it, or nothing.
    pub(super) async fn submit(self) -> Shown {
        #[derive(Deserialize)]
        struct Payload {
            done: Done,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Done {
            #[serde(default)]
            subscription: Option<pages::journeys::Id>,
            user_errors: Vec<Wrong>,
        }
        let form = &self.journey.form;
        let contacts: Vec<Value> = self.journey.staged.iter().map(Staged::input).collect();
        let mut input =
            json!({ "accountId": self.account(), "contacts": contacts, "idempotencyKey": given(form.value("key")) });
        let (document, begins) = match (self.journey.way, &self.journey.it) {
            (Way::ByUser, _) => {
                input["subscriptionIds"] = json!([form.value("subscriptionId")]);
                (BY_USER, None)
            }
            (_, Some(it)) => {
                input["subscriptionIds"] = json!([it.id]);
                (SUBMIT, None)
            }
            (_, None) => {
                let start = json!({ "productId": form.value("productId"), "type": form.value("type"), "billing": given(form.value("billing")),
                    "startsOn": given(form.value("startsOn")), "endsOn": given(form.value("endsOn")) });
                (SUBMIT, Some(start))
            }
        };
        let is_new = begins.is_some();
        if let Some(start) = begins {
            input["startSubscription"] = start;
        }
        let Payload { done } = self.guest.ask(document, json!({ "input": input })).await?;
        if !done.user_errors.is_empty() {
            return self.refused(done.user_errors).await;
        }
        let list = self.guest.cx.at("subscriptions");
        let to = match (&self.journey.it, done.subscription) {
            (Some(_), _) => self.journey.back.clone(),
            (None, Some(begun)) => format!("{list}/{}", begun.id),
            (None, None) => match self.journey.form.value("subscriptionId") {
                "" => list,
                id => format!("{list}/{id}"),
            },
        };
        let told = if is_new { "subscription-started" } else { "contacts-submitted" };
        Ok(self.guest.lead(&self.headers, &to, told))
    }

    /// Goes to the step where what is wrong was filled in: the first contact that was typed in wrongly, else what is bought, else the whole.
    async fn refused(mut self, all: Vec<Wrong>) -> Shown {
        let place = |wrong: &Wrong| match wrong.field.as_deref() {
            Some([contacts, n, ..]) if contacts == "contacts" => n.parse::<usize>().ok(),
            _ => None,
        };
        let is_typed = |n: &usize| self.journey.staged.get(*n).is_some_and(Staged::is_new);
        if let Some(n) = all.iter().filter_map(place).find(is_typed) {
            let of_it = |wrong: Wrong| {
                let field = wrong.field.map(|path| path.into_iter().skip(2).collect::<Vec<_>>());
                Wrong { field: field.filter(|path| !path.is_empty()), ..wrong }
            };
            let those = all.into_iter().filter(|wrong| place(wrong) == Some(n)).map(of_it).collect();
            return self.fix(n, those).await;
        }
        let of_terms = |wrong: &Wrong| {
            let last = wrong.field.as_ref().and_then(|path| path.last());
            last.is_some_and(|name| ["productId", "type", "billing", "startsOn", "endsOn"].contains(&name.as_str()))
        };
        let is_terms = self.journey.way == Way::New && all.iter().all(of_terms);
        self.journey.form.wrong = all;
        match is_terms {
            true => self.terms().await,
            false => self.confirm().await,
        }
    }
}
