//! Rows of an imported file that cannot be taken, mended in a form: the file is planned anew with what was typed, and the plan it comes from is dropped (row B5).

use super::imports::reading;
use crate::{
    exchange::{Mended, http as files_door},
    http::desk::Desk,
    web::show::{self, Guest, guest},
};
use askama::Template;
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::ImportId;
use pages::{
    Place,
    imports::CANCEL,
    mending::{Answer, Import, MEND, Mend, field},
    parts::{Form, Wrong},
};
use serde_json::json;

/// Rows that are mended at a time.
const ROWS: i64 = 50;

/// Which import: its account and itself.
type Which = Path<(String, String)>;

/// Its page.
pub fn routes() -> Router<Desk> {
    Router::new().route("/a/{account}/imports/{import}/mend", get(look).post(mend))
}

/// The import, where it has rows to be mended; else there is no such page.
async fn opened(guest: &Guest, import: &str) -> Result<Import, Response> {
    let answer: Answer = guest.ask(MEND, json!({ "id": import, "first": ROWS })).await?;
    let import = answer.import.filter(|import| !import.columns.is_empty() && !import.rows.edges.is_empty());
    import.filter(|_| guest.cx.may("PlanImport")).ok_or_else(|| show::nothing(guest.cx.lang))
}

fn shown(guest: Guest, import: Import, form: Form) -> Response {
    let status = if form.wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Mend { cx: guest.cx, import, form };
    show::page(status, page.cx.lang, page.render())
}

async fn look(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &which.0.0, Place::Imports).await?;
        let import = opened(&guest, &which.0.1).await?;
        Ok(shown(guest, import, Form::default()))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn mend(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (guest, _, fields) = show::sent(&desk, request, &which.0.0, Place::Imports).await?;
        let import = opened(&guest, &which.0.1).await?;
        let (mut form, mut mended) = (Form::default(), Mended::new());
        for edge in &import.rows.edges {
            let row = edge.node.row;
            let names = (0..import.columns.len()).map(|place| (place, field(row, place)));
            for (place, name) in names.filter(|(_, name)| fields.sent(name)) {
                let text = fields.get(&name).trim().to_owned();
                mended.entry(row.unsigned_abs()).or_default().insert(place, text.clone());
                form.values.insert(name, text);
            }
        }
        let (app, lang) = (&desk.service.app, guest.cx.lang);
        let id: ImportId = import.id.parse().map_err(|_| show::nothing(lang))?;
        let planned = files_door::planned_anew(app, &guest.by.caller, id, reading(&desk, &guest), mended).await;
        match planned {
            Ok(None) => Err(show::nothing(lang)),
            Ok(Some(planned)) => {
                if import.status == "PLANNED" {
                    // Its place is taken; where it cannot be dropped any more it stays what it is.
                    guest.carry_out(CANCEL, json!({ "importId": import.id })).await?;
                }
                let path = guest.cx.at(&format!("imports/{}", planned.import));
                let told = if planned.report.counts.rejected == 0 { "import-mended" } else { "import-mended-partly" };
                Ok(Redirect::to(&format!("{path}{}", pages::query(&[("told", told)]))).into_response())
            }
            Err(error) => {
                let (name, message) = files_door::said(*error, lang).map_err(|failure| show::failed(&failure, lang))?;
                form.wrong = vec![Wrong { code: String::new(), field: Some(vec![name]), message }];
                Ok(shown(guest, import, form))
            }
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
