//! A record as one JSON object: `{"externalId":"C-12","email":"anne@exemple.fr","address":{"line1":"1 rue A"},"updatedAt":"2026-03-31T10:00:00Z"}`.

use chrono::{DateTime, Utc};
use domain::{
    address::Address,
    contact::{Change, erp::SentRecord},
    values::ContactKind,
};
use serde::{Deserialize, Deserializer};

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
            assert!(serde_json::from_str::<RecordLine>(wrong).is_err(), "{wrong}");
        }
    }
}
