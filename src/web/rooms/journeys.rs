//! The three ways in which contacts come to a subscription, step by step (rows S1 to S13). Each step is a form that carries everything that was staged; nothing is
//! written before the last one, which is a single mutation.
//!
//! Next: `ending` (the last step, and where one goes back to from it).

use super::{Query, asked, given, subscriptions::Opened};
use crate::{
    http::{desk::Desk, identity::Fields as Sent},
    web::show::{self, Guest, guest},
};
use askama::Template;
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, request::Parts},
    response::Response,
    routing::get,
};
use pages::{
    Place,
    journeys::{
        Choose, Confirm, FIELDS, Fields, Find, HERE, Here, Journey, PEOPLE, PRODUCTS, PeopleAnswer, Pick,
        ProductsAnswer, SEARCH, SearchAnswer, Searched, Staged, Terms, Way, Ways,
    },
    parts::{Form, Wrong},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a form carries besides who is staged.
const CARRIED: [&str; 9] =
    ["key", "productId", "productName", "type", "billing", "startsOn", "endsOn", "subscriptionId", "q"];
/// Contacts that a form is read for.
const STAGED: usize = 101;
/// The fields of a new contact.
const TYPED: [&str; 14] = [
    "kind",
    "companyName",
    "lastName",
    "firstName",
    "email",
    "phone",
    "fax",
    "line1",
    "line2",
    "line3",
    "postalCode",
    "city",
    "country",
    "externalId",
];

mod ending;
mod typed;

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/subscriptions/set", get(ways))
        .route("/a/{account}/subscriptions/set/new", get(new_form).post(new))
        .route("/a/{account}/subscriptions/set/user", get(user_form).post(user))
        .route("/a/{account}/subscriptions/{id}/add", get(add_form).post(add))
}

/// A journey under way, and who takes it.
struct Walk {
    guest: Guest,
    headers: HeaderMap,
    journey: Journey,
}

/// A step of it.
type Shown = Result<Response, Response>;

fn wrong(code: &str, field: &str, message: String) -> Wrong {
    let field = (!field.is_empty()).then(|| field.split('.').map(str::to_owned).collect());
    Wrong { code: code.to_owned(), field, message }
}

impl Walk {
    async fn begun(guest: Guest, head: Parts, way: Way, id: &str) -> Result<Walk, Response> {
        let list = guest.cx.at("subscriptions");
        let key = guest.desk.service.app.clock().id().to_string();
        let form = Form::of([("key", key), ("billing", "RECURRING".to_owned())]);
        let (guest, it, action, back) = match way {
            Way::Add => {
                let Opened { guest, it } = Opened::of(guest, id).await?;
                (guest, Some(it), format!("{list}/{id}/add"), format!("{list}/{id}"))
            }
            Way::New => (guest, None, format!("{list}/set/new"), list),
            Way::ByUser => (guest, None, format!("{list}/set/user"), list),
        };
        let journey = Journey { way, it, action, back, form, staged: Vec::new() };
        Ok(Walk { guest, headers: head.headers, journey })
    }

    /// As a form left it: who was ticked on its page is staged, who was not is not.
    fn went_on(&mut self, sent: &Sent) {
        self.journey.form = show::again(sent, CARRIED, Vec::new());
        let mut staged = Staged::read(sent.get("staged"));
        let shown: Vec<&str> = sent.get("shown").split_whitespace().collect();
        let ticked = |id: &str| sent.given(&format!("c.{id}")).is_some();
        staged.retain(|one| one.id.as_deref().is_none_or(|id| !shown.contains(&id) || ticked(id)));
        for id in shown.into_iter().filter(|id| ticked(id)) {
            if !staged.iter().any(|one| one.id.as_deref() == Some(id)) {
                staged.push(Staged { id: Some(id.to_owned()), ..Staged::default() });
            }
        }
        // One more than the rule lets through, so that the rule says so.
        staged.truncate(STAGED);
        self.journey.staged = staged;
    }

    fn account(&self) -> String {
        self.guest.account.to_string()
    }

    fn page(&self, whole: &impl Template, dialog: askama::Result<String>) -> Response {
        self.guest.form(&self.headers, &self.journey.form, whole, dialog)
    }

    /// A step that is a page with or without a script.
    fn whole(&self, page: &impl Template) -> Response {
        let status = match self.journey.form.wrong.is_empty() {
            true => StatusCode::OK,
            false => StatusCode::UNPROCESSABLE_ENTITY,
        };
        show::page(status, self.guest.cx.lang, page.render())
    }

    /// Who was ticked is known by their id; their names are asked for, of contacts of this account only.
    async fn name_them(&mut self) -> Result<(), Response> {
        #[derive(Deserialize)]
        struct Named {
            contact: Option<pages::journeys::Known>,
        }
        const NAMED: &str =
            "query Named($id: ID!) { contact(id: $id) { id displayName companyName email kind subscriptions { id } } }";
        for n in 0..self.journey.staged.len() {
            let Some(id) = self.journey.staged.get(n).filter(|one| one.name.is_empty()).and_then(|one| one.id.clone())
            else {
                continue;
            };
            let known: Named = self.guest.ask(NAMED, json!({ "id": id })).await?;
            if let (Some(staged), Some(known)) = (self.journey.staged.get_mut(n), known.contact) {
                *staged = known.staged();
            }
        }
        Ok(())
    }

    async fn terms(self) -> Shown {
        let asked = json!({ "account": self.account(), "search": given(self.journey.form.value("q").trim()) });
        let answer: ProductsAnswer = self.guest.ask(PRODUCTS, asked).await?;
        let page = Terms { cx: self.guest.cx.clone(), journey: self.journey.clone(), products: answer.products };
        Ok(self.whole(&page))
    }

    /// Goes on from what is bought, once that is said.
    async fn bought(mut self) -> Shown {
        let lang = self.guest.cx.lang;
        let form = &mut self.journey.form;
        for name in ["productId", "type", "billing"] {
            if form.value(name).trim().is_empty() {
                let message = crate::i18n::messages::message("REQUIRED", lang, &[]);
                form.wrong.push(wrong("REQUIRED", name, message));
            }
        }
        form.values.remove("q");
        if !form.wrong.is_empty() {
            return self.terms().await;
        }
        let asked = json!({ "account": self.account(), "search": Value::Null });
        let answer: ProductsAnswer = self.guest.ask(PRODUCTS, asked).await?;
        let id = self.journey.form.value("productId").to_owned();
        let sold = answer.products.edges.into_iter().find(|edge| edge.node.id == id);
        let name = match sold {
            Some(edge) => edge.node.name,
            None => self.product(&id).await?.0,
        };
        self.journey.form.values.insert("productName".to_owned(), name);
        self.pick().await
    }

    /// A product's name, and whether it is delivered.
    async fn product(&self, id: &str) -> Result<(String, bool), Response> {
        #[derive(Deserialize)]
        struct Answer {
            product: Option<pages::journeys::Sold>,
        }
        let document = "query Sold($id: ID!) { product(id: $id) { id name delivered } }";
        let answer: Answer = self.guest.ask(document, json!({ "id": id })).await?;
        let sold = answer.product.ok_or_else(|| show::nothing(self.guest.cx.lang))?;
        Ok((sold.name, sold.delivered))
    }

    /// Whether what is bought goes to an address; it does not as far as is known where the person comes first.
    async fn is_delivered(&self) -> Result<bool, Response> {
        match (&self.journey.it, self.journey.form.value("productId")) {
            (Some(it), _) => Ok(it.product.delivered),
            (None, "") => Ok(false),
            (None, id) => Ok(self.product(id).await?.1),
        }
    }

    async fn pick(mut self) -> Shown {
        self.name_them().await?;
        let asked = json!({ "account": self.account(), "search": given(self.journey.form.value("q").trim()) });
        let answer: PeopleAnswer = self.guest.ask(PEOPLE, asked).await?;
        let page = Pick { cx: self.guest.cx.clone(), journey: self.journey.clone(), people: answer.contacts };
        let dialog = page.as_dialog().render();
        Ok(self.page(&page, dialog))
    }

    async fn find(mut self, searched: Searched) -> Shown {
        self.name_them().await?;
        let country = given(self.journey.form.value("country"));
        let fields: Fields = self.guest.ask(FIELDS, json!({ "country": country })).await?;
        let delivered = self.is_delivered().await?;
        let cx = self.guest.cx.clone();
        let page = Find { cx, journey: self.journey.clone(), searched, fields, delivered };
        let dialog = page.as_dialog().render();
        Ok(self.page(&page, dialog))
    }

    /// What the address leads to; nothing was looked for where there is none.
    async fn look_for(&self, email: &str) -> Result<Searched, Response> {
        if !email.contains('@') {
            return Ok(Searched::NotYet);
        }
        let answer: SearchAnswer = self.guest.ask(SEARCH, json!({ "account": self.account(), "email": email })).await?;
        Ok(Searched::For(Box::new(answer.search_contacts)))
    }

    /// Searches once more, by the same address; who is nowhere is typed in with it.
    async fn search(mut self) -> Shown {
        let email = self.journey.form.value("q").trim().to_owned();
        let searched = self.look_for(&email).await?;
        self.journey.form.values.insert("email".to_owned(), email);
        self.find(searched).await
    }

    /// Stages whom the address belongs to.
    async fn take(mut self) -> Shown {
        let email = self.journey.form.value("q").trim().to_owned();
        if let Searched::For(found) = self.look_for(&email).await?
            && let Some(here) = found.here
            && !self.journey.staged.iter().any(|one| one.id.as_deref() == Some(&here.id))
        {
            self.journey.staged.push(here.staged());
        }
        self.after_one().await
    }

    /// Stages who was typed in; whom the account turns out to have is that contact.
    async fn stage(mut self, sent: &Sent) -> Shown {
        let typed: BTreeMap<String, String> =
            TYPED.into_iter().filter_map(|name| Some((name.to_owned(), sent.given(name)?.trim().to_owned()))).collect();
        let email = typed.get("email").cloned().unwrap_or_default();
        let fixing = sent.get("fixing").parse::<usize>().ok();
        let searched = self.look_for(&email).await?;
        if let Searched::For(found) = &searched
            && found.here.is_some()
        {
            self.journey.form.values.insert("q".to_owned(), email);
            return self.find(searched).await;
        }
        let all = typed::wrong_with(&typed, self.is_delivered().await?, self.guest.cx.lang);
        if !all.is_empty() {
            let form = &mut self.journey.form;
            form.values.extend(typed);
            form.values.insert("fixing".to_owned(), sent.get("fixing").to_owned());
            form.wrong = all;
            let searched = if email.is_empty() { Searched::Without } else { searched };
            return self.find(searched).await;
        }
        let staged = Staged::typed(typed);
        match fixing.and_then(|n| self.journey.staged.get_mut(n)).filter(|one| one.is_new()) {
            Some(one) => *one = staged,
            None => self.journey.staged.push(staged),
        }
        self.after_one().await
    }

    /// Where one goes on after someone was staged: to the list, or to the next one.
    async fn after_one(mut self) -> Shown {
        self.journey.form.values.remove("q");
        match self.journey.way {
            Way::Add => self.pick().await,
            Way::New | Way::ByUser => self.find(Searched::NotYet).await,
        }
    }

    /// Types in again what was staged; `wrong` says what is not right with it.
    async fn fix(self, n: usize, wrong: Vec<Wrong>) -> Shown {
        match self.journey.staged.get(n).filter(|one| one.is_new()).cloned() {
            Some(one) => self.filled_in(n, one, wrong).await,
            None => self.confirm().await,
        }
    }

    async fn filled_in(mut self, n: usize, one: Staged, wrong: Vec<Wrong>) -> Shown {
        let email = one.typed.get("email").cloned().unwrap_or_default();
        let form = &mut self.journey.form;
        form.values.extend(one.typed);
        form.values.insert("q".to_owned(), email.clone());
        form.values.insert("fixing".to_owned(), n.to_string());
        form.wrong = wrong;
        let searched = match self.look_for(&email).await? {
            Searched::For(found) if found.here.is_none() => Searched::For(found),
            _ => Searched::Without,
        };
        self.find(searched).await
    }

    async fn choose(mut self) -> Shown {
        self.name_them().await?;
        let here: Here = self.guest.ask(HERE, json!({ "account": self.account() })).await?;
        let page = Choose { cx: self.guest.cx.clone(), journey: self.journey.clone(), here };
        Ok(self.whole(&page))
    }

    /// Who was typed in before it was known that an address is needed, and has none that is whole: with their place, and what it lacks.
    fn without_address(&self, delivered: bool) -> Option<(usize, Staged, Vec<Wrong>)> {
        let new = self.journey.staged.iter().enumerate().filter(|(_, one)| one.is_new());
        let lacks = |one: &Staged| typed::wrong_with(&one.typed, delivered, self.guest.cx.lang);
        let mut all = new.map(|(n, one)| (n, one.clone(), lacks(one)));
        all.find(|(_, _, wrong)| !wrong.is_empty())
    }

    /// Shows what is about to be done.
    async fn confirm(mut self) -> Shown {
        if self.journey.staged.is_empty() {
            self.journey.form.wrong = vec![pages::journeys::nobody(&self.guest.cx)];
            return match self.journey.way {
                Way::Add | Way::New => self.pick().await,
                Way::ByUser => self.find(Searched::NotYet).await,
            };
        }
        self.name_them().await?;
        let form = &self.journey.form;
        let (what, delivered) = match (self.journey.way, &self.journey.it) {
            (_, Some(it)) => ((it.kind.clone(), it.product.name.clone()), it.product.delivered),
            (Way::ByUser, None) if form.value("subscriptionId").is_empty() => {
                let message = crate::i18n::messages::message("REQUIRED", self.guest.cx.lang, &[]);
                self.journey.form.wrong = vec![wrong("REQUIRED", "subscriptionIds", message)];
                return self.choose().await;
            }
            (Way::ByUser, None) => {
                let id = form.value("subscriptionId").to_owned();
                let Opened { guest, it } = Opened::of(self.guest, &id).await?;
                self.guest = guest;
                ((it.kind, it.product.name), it.product.delivered)
            }
            (_, None) => {
                let what = (form.value("type").to_owned(), form.value("productName").to_owned());
                (what, self.is_delivered().await?)
            }
        };
        if let Some((n, one, wrong)) = self.without_address(delivered) {
            return self.filled_in(n, one, wrong).await;
        }
        let page = Confirm { cx: self.guest.cx.clone(), journey: self.journey.clone(), what };
        let dialog = page.as_dialog().render();
        Ok(self.page(&page, dialog))
    }

    /// One step further: what a form's button asks for.
    async fn step(mut self, sent: &Sent) -> Shown {
        self.went_on(sent);
        let (act, n) = sent.get("do").split_once('.').unwrap_or((sent.get("do"), ""));
        let n = n.parse::<usize>().unwrap_or(usize::MAX);
        let way = self.journey.way;
        match (sent.get("at"), act) {
            (at, "drop") => {
                if n < self.journey.staged.len() {
                    self.journey.staged.remove(n);
                }
                match at {
                    "find" => self.find(Searched::NotYet).await,
                    "confirm" if !self.journey.staged.is_empty() => self.confirm().await,
                    _ if way == Way::ByUser => self.find(Searched::NotYet).await,
                    _ => self.pick().await,
                }
            }
            ("terms", "pick") => self.bought().await,
            ("terms", _) => self.terms().await,
            (_, "terms") if way == Way::New => self.terms().await,
            ("pick", "new") => self.search().await,
            ("pick", "submit") => self.confirm().await,
            ("find", "find") => self.search().await,
            ("find", "take") => self.take().await,
            ("find", "blank") => self.find(Searched::Without).await,
            ("find", "stage") => self.stage(sent).await,
            ("find", "choose") | ("confirm", "back") if way == Way::ByUser => self.choose().await,
            ("choose", "submit") => self.confirm().await,
            ("confirm", "confirm") => self.submit().await,
            ("confirm", "fix") => self.fix(n, Vec::new()).await,
            (_, _) if way == Way::ByUser => self.find(Searched::NotYet).await,
            (at, _) => {
                if at != "pick" {
                    self.journey.form.values.remove("q");
                }
                self.pick().await
            }
        }
    }
}

async fn ways(State(desk): State<Desk>, Path(account): Path<String>, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Subscriptions).await?;
        Ok(show::show(&guest.cx.clone(), &Ways { cx: guest.cx }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn begin(desk: Desk, account: &str, head: Parts, way: Way, id: &str, contact: &str) -> Response {
    let page = async {
        let guest = guest(&desk, &head, account, Place::Subscriptions).await?;
        let mut walk = Walk::begun(guest, head, way, id).await?;
        if !contact.is_empty() {
            walk.journey.staged.push(Staged { id: Some(contact.to_owned()), ..Staged::default() });
            walk.name_them().await?;
        }
        match way {
            Way::Add => walk.pick().await,
            Way::New => walk.terms().await,
            Way::ByUser => walk.find(Searched::NotYet).await,
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn go_on(desk: Desk, account: &str, request: Request, way: Way, id: &str) -> Response {
    let page = async {
        let (guest, head, sent) = show::sent(&desk, request, account, Place::Subscriptions).await?;
        Walk::begun(guest, head, way, id).await?.step(&sent).await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn add_form(State(desk): State<Desk>, Path((account, id)): Path<(String, String)>, head: Parts) -> Response {
    begin(desk, &account, head, Way::Add, &id, "").await
}

async fn add(State(desk): State<Desk>, Path((account, id)): Path<(String, String)>, request: Request) -> Response {
    go_on(desk, &account, request, Way::Add, &id).await
}

async fn new_form(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    begin(desk, &account, head, Way::New, "", asked(&query, "contact")).await
}

async fn new(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    go_on(desk, &account, request, Way::New, "").await
}

async fn user_form(State(desk): State<Desk>, Path(account): Path<String>, head: Parts) -> Response {
    begin(desk, &account, head, Way::ByUser, "", "").await
}

async fn user(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    go_on(desk, &account, request, Way::ByUser, "").await
}
