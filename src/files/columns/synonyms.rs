//! The words people put at the head of a column, and what we take them for.
//!
//! Each field has lists from the plainest title to the vaguest; the plainer one serves where a file has several. Words
//! stand here as [`fold`] leaves them.

use super::ClientField;

/// What a title means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Title {
    /// A field; a lower `rank` is a plainer title.
    Field {
        field: ClientField,
        rank: usize,
    },
    /// The messages of an errors file of ours.
    OurError,
    /// A place named by a report of ours.
    OurReport,
    Unknown,
}

/// A field and its titles, a list for each rank.
type Titles = (ClientField, &'static [&'static [&'static str]]);

const FIELDS: [Titles; 12] = [
    (
        ClientField::Id,
        &[
            &["id"],
            &[
                "codeclient",
                "numeroclient",
                "numclient",
                "nclient",
                "noclient",
                "numeroduclient",
                "idclient",
                "refclient",
                "referenceclient",
                "identifiantclient",
                "customernumber",
                "customerno",
                "customerid",
                "customercode",
                "clientnumber",
                "clientno",
                "clientid",
                "clientcode",
                "externalid",
                "idexterne",
                "identifiant",
                "identifier",
                "subscriberid",
                "subscribernumber",
                "numeroabonne",
                "nabonne",
                "noabonne",
                "codeabonne",
                "idabonne",
                "numeroadherent",
                "nadherent",
                "membershipnumber",
                "memberid",
                "contactid",
                "idcontact",
            ],
            &["code", "numero", "n", "no", "ref", "reference", "number"],
        ],
    ),
    (
        ClientField::CompanyName,
        &[
            &["raisonsociale", "company", "companyname"],
            &[
                "societe",
                "nomsociete",
                "nomdelasociete",
                "entreprise",
                "nomentreprise",
                "nomdelentreprise",
                "organisation",
                "organization",
                "organisationname",
                "organizationname",
                "businessname",
                "denomination",
                "denominationsociale",
                "etablissement",
                "organisme",
                "structure",
                "association",
            ],
            &["business", "firme", "enseigne", "collectivite"],
        ],
    ),
    (
        ClientField::LastName,
        &[
            &["nom", "lastname"],
            &[
                "nomdefamille",
                "familyname",
                "surname",
                "nomcontact",
                "nomducontact",
                "nomclient",
                "nomduclient",
                "nomabonne",
            ],
            &["name", "nomusage", "nomdusage"],
        ],
    ),
    (
        ClientField::FirstName,
        &[
            &["prenom", "firstname"],
            &["givenname", "forename", "prenoms", "prenomcontact", "prenomducontact", "prenomclient"],
        ],
    ),
    (
        ClientField::Email,
        &[
            &["email"],
            &[
                "courriel",
                "mail",
                "mel",
                "adresseemail",
                "adressemail",
                "adressecourriel",
                "adresseelectronique",
                "emailaddress",
                "mailaddress",
                "emailprincipal",
                "primaryemail",
                "email1",
                "mail1",
                "emailcontact",
                "contactemail",
                "emailclient",
                "emailpro",
                "emailprofessionnel",
                "workemail",
                "adressedemessagerie",
            ],
        ],
    ),
    (
        ClientField::Phone,
        &[
            &["telephone", "phone", "tel"],
            &[
                "phonenumber",
                "telephonenumber",
                "numerodetelephone",
                "numtelephone",
                "ntelephone",
                "notelephone",
                "numtel",
                "telephonefixe",
                "telfixe",
                "fixe",
                "telephone1",
                "tel1",
                "phone1",
                "telephoneprincipal",
                "primaryphone",
                "workphone",
                "businessphone",
                "telephonepro",
                "telephonecontact",
            ],
            &[
                "mobile",
                "portable",
                "telephoneportable",
                "telephonemobile",
                "telportable",
                "telmobile",
                "mobilephone",
                "mobilenumber",
                "cell",
                "cellphone",
                "gsm",
                "homephone",
            ],
        ],
    ),
    (ClientField::Fax, &[&["fax"], &["telecopie", "telecopieur", "numerodefax", "nfax", "nofax", "faxnumber"]]),
    (
        ClientField::Address,
        &[
            &["adresse", "address"],
            &[
                "adressepostale",
                "adressecomplete",
                "adressedelivraison",
                "postaladdress",
                "fulladdress",
                "mailingaddress",
                "deliveryaddress",
                "shippingaddress",
                "streetaddress",
                "adresse1",
                "address1",
                "addressline1",
                "adresseligne1",
                "adresse1ereligne",
            ],
            &["rue", "street", "voie"],
        ],
    ),
    (ClientField::PostalCode, &[&["codepostal", "postalcode", "zip", "zipcode", "postcode"], &["cp", "codepost"]]),
    (ClientField::City, &[&["ville", "city"], &["commune", "town", "localite", "cityname"]]),
    (ClientField::Country, &[&["pays", "country"], &["codepays", "countrycode", "countryname"]]),
    (ClientField::Kind, &[&["type", "kind"], &["typedecontact", "typecontact", "contacttype", "typeclient", "nature"]]),
];

const OUR_ERROR: [&str; 4] = ["erreur", "erreurs", "error", "errors"];
const OUR_REPORT: [&str; 4] = ["ligne", "line", "colonne", "column"];

pub(super) fn meaning(title: &str) -> Title {
    let word = fold(title);
    if OUR_ERROR.contains(&word.as_str()) {
        return Title::OurError;
    }
    if OUR_REPORT.contains(&word.as_str()) {
        return Title::OurReport;
    }
    for (field, ranks) in FIELDS {
        if let Some(rank) = ranks.iter().position(|titles| titles.contains(&word.as_str())) {
            return Title::Field { field, rank };
        }
    }
    Title::Unknown
}

/// A title without case, accents, punctuation and remarks in brackets: `N° client *` and `n client` are one word.
pub(super) fn fold(title: &str) -> String {
    let mut word = String::with_capacity(title.len());
    let mut brackets = 0_usize;
    for sign in title.chars() {
        match sign {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            _ if brackets > 0 => {}
            'º' | 'ª' => {}
            _ => sign.to_lowercase().for_each(|lower| push_plain(lower, &mut word)),
        }
    }
    word
}

/// Letters of French and its neighbours lose their accents. Combining accents, as a Mac writes them, are no letters and
/// fall away.
fn push_plain(sign: char, word: &mut String) {
    match sign {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => word.push('a'),
        'ç' => word.push('c'),
        'è' | 'é' | 'ê' | 'ë' => word.push('e'),
        'ì' | 'í' | 'î' | 'ï' => word.push('i'),
        'ñ' => word.push('n'),
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => word.push('o'),
        'ù' | 'ú' | 'û' | 'ü' => word.push('u'),
        'ý' | 'ÿ' => word.push('y'),
        'œ' => word.push_str("oe"),
        'æ' => word.push_str("ae"),
        _ if sign.is_alphanumeric() => word.push(sign),
        _ => {}
    }
}
