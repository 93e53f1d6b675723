//! A record as one JSON object: `{"externalId":"C-12","email":"anne@exemple.fr","address":{"line1":"1 rue A"},"updatedAt":"2026-03-31T10:00:00Z"}`.

use super::sync::Unreadable;
use chrono::{DateTime, Utc};
use domain::{
    Code,
    address::Address,
    contact::{Change, erp::SentRecord},
    values::ContactKind,
};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

/// A record as sent: what is absent stays, null clears. A field that is not known is passed over, so that an ERP may send more than is taken.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordLine {
    #[serde(deserialize_with = "id")]
    external_id: String,
    kind: Option<ContactKind>,
    #[serde(default, deserialize_with = "said")]
    first_name: Change<String>,
    #[serde(default, deserialize_with = "said")]
    last_name: Change<String>,
    #[serde(default, deserialize_with = "said")]
    company_name: Change<String>,
    #[serde(default, deserialize_with = "said")]
    email: Change<String>,
    #[serde(default, deserialize_with = "said")]
    phone: Change<String>,
    #[serde(default, deserialize_with = "said")]
    fax: Change<String>,
    #[serde(default, deserialize_with = "said")]
    address: Change<AddressLine>,
    #[serde(default)]
    deleted: bool,
    updated_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AddressLine {
    line1: Option<String>,
    line2: Option<String>,
    line3: Option<String>,
    postal_code: Option<String>,
    city: Option<String>,
    country: Option<String>,
}

/// A record as a line of JSON.
pub(super) fn read_line(line: &[u8]) -> Result<SentRecord, Unreadable> {
    match serde_json::from_slice::<RecordLine>(line) {
        Ok(line) => Ok(line.into()),
        Err(_) => Err(unreadable(&serde_json::from_slice(line).unwrap_or_default())),
    }
}

/// A record as JSON that was read already.
pub(super) fn read_value(value: &Value) -> Result<SentRecord, Unreadable> {
    RecordLine::deserialize(value).map(SentRecord::from).map_err(|_| unreadable(value))
}

/// The fields that can be of another kind than they have to be, by their names.
const FIELDS: [&str; 11] = [
    "externalId",
    "kind",
    "firstName",
    "lastName",
    "companyName",
    "email",
    "phone",
    "fax",
    "address",
    "deleted",
    "updatedAt",
];

/// Whose record this is, if at least that can be read, and the first field that cannot.
fn unreadable(value: &Value) -> Unreadable {
    #[derive(Deserialize)]
    struct OnlyId {
        #[serde(rename = "externalId", deserialize_with = "id")]
        external_id: String,
    }
    let wrong = |field: &&&str| {
        let alone = |value| RecordLine::deserialize(json!({ "externalId": "x", **field: value })).is_err();
        match value.get(**field) {
            Some(value) => alone(value),
            None => **field == "externalId",
        }
    };
    if !value.is_object() {
        return Unreadable { external_id: None, code: "NOT_A_RECORD", field: None, params: Vec::new() };
    }
    let field = FIELDS.iter().find(wrong).copied();
    let code = match field.and_then(|field| value.get(field)) {
        None | Some(Value::Null) => Code::Required,
        Some(_) => Code::Invalid,
    };
    let expected = match field {
        Some("kind") => Some("PERSON, GROUP"),
        Some("deleted") => Some("true, false"),
        Some("updatedAt") => Some("2026-03-31T10:00:00Z"),
        Some("address") => Some(r#"{ "line1": "…", "postalCode": "…", "city": "…" }"#),
        _ => None,
    };
    Unreadable {
        external_id: OnlyId::deserialize(value).ok().map(|only| only.external_id),
        code: code.as_str(),
        field,
        params: expected.map(|expected| ("expected", expected.to_owned())).into_iter().collect(),
    }
}

fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Change<T>, D::Error> {
    Option::deserialize(d).map(Some)
}

/// Many ERPs number their records.
fn id<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(i64),
    }
    Ok(match Id::deserialize(d)? {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
    })
}

impl From<RecordLine> for SentRecord {
    fn from(line: RecordLine) -> SentRecord {
        let address = |a: AddressLine| Address {
            line1: a.line1,
            line2: a.line2,
            line3: a.line3,
            postal_code: a.postal_code,
            city: a.city,
            country: a.country,
        };
        SentRecord {
            external_id: line.external_id,
            kind: line.kind,
            first_name: line.first_name,
            last_name: line.last_name,
            company_name: line.company_name,
            email: line.email,
            phone: line.phone,
            fax: line.fax,
            address: line.address.map(|said| said.map(address)),
            deleted: line.deleted,
            updated_at: line.updated_at,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(json: &str) -> SentRecord {
        serde_json::from_str::<RecordLine>(json).unwrap().into()
    }

    #[test]
    fn a1_absent_keeps_null_clears_and_what_is_unknown_is_passed_over() {
        let record =
            read(r#"{"externalId":12,"phone":null,"lastName":"Dupont","address":{"city":"Brest"},"vat":"FR1"}"#);
        assert_eq!((record.external_id.as_str(), record.first_name, record.phone), ("12", None, Some(None)));
        assert_eq!(record.last_name, Some(Some("Dupont".to_owned())));
        assert_eq!(record.address.unwrap().unwrap().city.as_deref(), Some("Brest"));
        assert!(read(r#"{"externalId":"x","address":null,"deleted":true}"#).address == Some(None));
        for wrong in [r#"{}"#, r#"{"externalId":null}"#, r#"{"externalId":"x","updatedAt":"yesterday"}"#, "[]", "x"] {
            assert!(read_line(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a1_a_record_that_cannot_be_read_says_whose_it_is_and_what_is_wrong() {
        let of = |json: &str| {
            let unreadable = read_line(json.as_bytes()).unwrap_err();
            (unreadable.external_id, unreadable.field)
        };
        let code = |json: &str| read_line(json.as_bytes()).unwrap_err().code;
        let wrong = read_line(br#"{"externalId":"x","updatedAt":"31/03/2026"}"#).unwrap_err();
        assert_eq!(
            (wrong.code, &wrong.params[..]),
            ("INVALID", &[("expected", "2026-03-31T10:00:00Z".to_owned())][..])
        );
        assert_eq!((code("{}"), code("["), code("[]")), ("REQUIRED", "NOT_A_RECORD", "NOT_A_RECORD"));
        let twelve = Some("12".to_owned());
        assert_eq!(of(r#"{"externalId":12,"updatedAt":"yesterday"}"#), (twelve.clone(), Some("updatedAt")));
        assert_eq!(of(r#"{"externalId":"12","lastName":["x"],"deleted":"no"}"#), (twelve.clone(), Some("lastName")));
        assert_eq!(of(r#"{"externalId":"12","address":{"city":3}}"#), (twelve, Some("address")));
        for nobody in [r#"{"externalId":null}"#, r#"{"externalId":1.5}"#, r#"{"lastName":"x"}"#] {
            assert_eq!(of(nobody), (None, Some("externalId")), "{nobody}");
        }
        for none in ["[]", "x", "", "{", "null"] {
            assert_eq!(of(none), (None, None), "{none}");
        }
        assert_eq!(read_value(&json!({ "externalId": 7 })).unwrap().external_id, "7");
    }
}
