//! Everything that is kept about one contact, as one answer; and what became of an erasure.

use super::{asker::Asker, ids, scalars::Position};
use crate::{
    app::Question,
    erasure::receipt,
    person::{Form, Person, Stopped},
};
use async_graphql::{Context, ID, Object, Result, Scalar, ScalarType, Value};

/// Any JSON value.
pub struct Json(serde_json::Value);

#[Scalar(name = "JSON")]
impl ScalarType for Json {
    fn parse(value: Value) -> async_graphql::InputValueResult<Self> {
        Ok(Json(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

/// What people ask of whoever keeps data about them.
#[derive(Default)]
pub struct PersonalQuery;

#[Object]
impl PersonalQuery {
    /// Everything that is kept about a contact: the sheet, what stands beside it, and every event of its trail. That it was handed out is in the trail, too.
    /// Of a long history take `GET /contacts/<id>/personal-data.json`, which is sent while it is read.
    async fn personal_data(
        &self,
        ctx: &Context<'_>,
        contact_id: ID,
        min_position: Option<Position>,
    ) -> Result<Option<Json>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let from = Some((asker.correlation, asker.came_from.clone()));
        let person = Person::of(&asker.app, &asker.caller, ids::contact(&contact_id), Form::Json, asker.lang, from);
        let person = person.await.map_err(|stopped| match stopped {
            Stopped::Refused(_) => asker.not_found(),
            Stopped::Failure(failure) => asker.failed(failure),
        })?;
        let text = person.whole(Form::Json).await.map_err(|failure| asker.failed(failure))?;
        let value = serde_json::from_str(&text);
        value.map(|value| Some(Json(value))).map_err(|e| asker.failed(crate::app::Failure::Fault(e.to_string())))
    }

    /// What was looked for after a contact was erased, where, and what was found: no value of the person is in it. Null until the service has cleaned the
    /// files of its database, which it does within seconds, or within the hour on PostgreSQL.
    async fn erasure_receipt(
        &self,
        ctx: &Context<'_>,
        contact_id: ID,
        min_position: Option<Position>,
    ) -> Result<Option<Json>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let id = ids::contact(&contact_id);
        let reader = asker.app.reader();
        let states = reader.states(vec![id.0]).await.map_err(|failure| asker.failed(failure))?;
        let account = states.get(&id.0).and_then(|folded| folded.state.contact()).map(|contact| contact.account);
        asker.account(account.ok_or_else(|| asker.not_found())?, Question::AuditTrail)?;
        let receipt = receipt::of(reader.db(), id.0).await.map_err(|failure| asker.failed(failure))?;
        let json = |receipt| serde_json::to_value(receipt).map(Json);
        receipt.map(json).transpose().map_err(|e| asker.failed(crate::app::Failure::Fault(e.to_string())))
    }
}
