//! A delivery address: its fields, whether it is complete for its country, and its one rendering as text.
//!
//! Rendering and parsing agree: `render(parse(text)) == text` for every text of at most five clean lines, which is
//! what makes importing an account's own export change nothing (row B6).

use crate::{
    refusal::{Code, Refusal},
    text,
};
use serde::{Deserialize, Serialize};

/// An address as typed, each field clean (one line, bounded). A field that is absent is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Street and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line1: Option<String>,
    /// Building, floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// Place, post box.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line3: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// ISO 3166-1 alpha-2 code in capitals; absent means France.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// Every code of the standard that is assigned to a country, a space between two.
pub const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD \
CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP \
GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU \
LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN \
PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW \
TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Whether these are the two capitals of a country.
fn is_country(code: &str) -> bool {
    code.len() == 2 && COUNTRIES.split(' ').any(|assigned| assigned == code)
}

/// Countries whose addresses carry no postal code, or where few do.
const WITHOUT_POSTAL_CODE: &[&str] = &[
    "AE", "AG", "AO", "AW", "BF", "BI", "BJ", "BO", "BS", "BW", "BZ", "CD", "CF", "CG", "CI", "CK", "CM", "DJ", "DM",
    "ER", "FJ", "GA", "GD", "GH", "GM", "GN", "GQ", "GY", "HK", "IE", "JM", "KI", "KM", "KN", "KP", "LC", "ML", "MO",
    "MR", "MW", "NR", "NU", "PA", "QA", "RW", "SB", "SC", "SL", "SO", "SR", "ST", "SY", "TF", "TG", "TK", "TL", "TO",
    "TT", "TV", "UG", "VU", "YE", "ZW",
];

/// Countries whose postal codes have one known form, and an example of it. `9` stands for a digit, `A` for a letter, everything else for itself;
/// a space may be left out.
const POSTAL_CODES: &[(&[&str], &[&str], &str)] = &[
    // France, and the territories that share its codes.
    (&["FR", "MC", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF"], &["99999"], "75007"),
    (&["BE"], &["9999", "B-9999"], "1000"),
    (&["CH", "LI"], &["9999", "CH-9999"], "1200"),
    (&["LU"], &["9999", "L-9999"], "1009"),
    (&["DE"], &["99999", "D-99999"], "10115"),
    (&["AT"], &["9999", "A-9999"], "1010"),
    (&["ES"], &["99999"], "28001"),
    (&["IT", "SM", "VA"], &["99999"], "00118"),
    (&["NL"], &["9999 AA"], "1012 AB"),
    (&["PT"], &["9999-999"], "1000-001"),
    (&["GB", "JE", "GG", "IM"], &["A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA"], "SW1A 1AA"),
    (&["US", "PR", "VI", "GU"], &["99999", "99999-9999"], "10001"),
    (&["CA"], &["A9A 9A9"], "H2X 1Y4"),
];

/// The forms that a country's postal codes have, and an example; none where any code will do.
fn postal_codes(country: &str) -> Option<(&'static [&'static str], &'static str)> {
    POSTAL_CODES
        .iter()
        .find(|(countries, ..)| countries.contains(&country))
        .map(|(_, forms, example)| (*forms, *example))
}

/// Whether a code has a form, whatever its case and spaces.
fn has_form(code: &str, form: &str) -> bool {
    let (mut code, mut form) = (code.chars().filter(|c| *c != ' '), form.chars().filter(|c| *c != ' '));
    loop {
        match (code.next(), form.next()) {
            (None, None) => return true,
            (Some(c), Some('9')) if c.is_ascii_digit() => {}
            (Some(c), Some('A')) if c.is_ascii_alphabetic() => {}
            (Some(c), Some(f)) if f != '9' && c.eq_ignore_ascii_case(&f) => {}
            _ => return false,
        }
    }
}

/// An example of a postal code of a country; none where there are none, or where their form is not known here.
pub fn postal_code_example(country: &str) -> Option<&'static str> {
    postal_codes(country).map(|(_, example)| example)
}

impl Address {
    /// Cleans each field. Empty fields become absent; refusals name the field.
    pub fn clean(self) -> Result<Address, Refusal> {
        let one = |field, value: Option<String>, max| match value {
            Some(v) => text::line(field, &v, max),
            None => Ok(None),
        };
        let country = match one("country", self.country, text::ADDRESS_LINE_MAX)?.map(|c| c.to_uppercase()) {
            Some(c) if is_country(&c) => Some(c),
            Some(_) => return Err(Refusal::at(Code::Invalid, "country").with("expected", "FR")),
            None => None,
        };
        Ok(Address {
            line1: one("line1", self.line1, text::ADDRESS_LINE_MAX)?,
            line2: one("line2", self.line2, text::ADDRESS_LINE_MAX)?,
            line3: one("line3", self.line3, text::ADDRESS_LINE_MAX)?,
            postal_code: one("postalCode", self.postal_code, 20)?,
            city: one("city", self.city, text::ADDRESS_LINE_MAX)?,
            country,
        })
    }

    /// Whether no field is set.
    pub fn is_empty(&self) -> bool {
        *self == Address::default()
    }

    /// The country the address is in: France when none is named.
    pub fn country_or_default(&self) -> &str {
        self.country.as_deref().unwrap_or("FR")
    }

    /// The fields that delivery in this country still needs, in the API's names; none when complete (row U8).
    /// A postal code of another form than the country's counts as missing.
    pub fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        let country = self.country_or_default();
        if self.line1.is_none() && self.line2.is_none() && self.line3.is_none() {
            missing.push("line1");
        }
        let code_fits = match &self.postal_code {
            None => WITHOUT_POSTAL_CODE.contains(&country),
            Some(code) => postal_codes(country).is_none_or(|(forms, _)| forms.iter().any(|form| has_form(code, form))),
        };
        if !code_fits {
            missing.push("postalCode");
        }
        if self.city.is_none() && !matches!(country, "SG" | "MC" | "VA" | "GI" | "HK") {
            missing.push("city");
        }
        missing
    }

    /// Refuses one that delivery could not find: what people type in is complete or empty. What comes from files and ERPs is kept as it is,
    /// and says what it lacks.
    pub fn complete(&self) -> Result<(), Refusal> {
        let missing = if self.is_empty() { Vec::new() } else { self.missing() };
        if missing.is_empty() {
            return Ok(());
        }
        Err(Refusal::at(Code::AddressIncomplete, "address").with("missing", missing.join(", ")))
    }

    /// The address as lines of text: up to three lines, `code city`, then the country's code unless it is France or absent.
    pub fn render(&self) -> String {
        let mut out = String::new();
        let mut push = |parts: [Option<&str>; 2]| {
            let mut first = true;
            for part in parts.into_iter().flatten() {
                if first && !out.is_empty() {
                    out.push('\n');
                } else if !first {
                    out.push(' ');
                }
                first = false;
                out.push_str(part);
            }
        };
        push([self.line1.as_deref(), None]);
        push([self.line2.as_deref(), None]);
        push([self.line3.as_deref(), None]);
        push([self.postal_code.as_deref(), self.city.as_deref()]);
        push([self.country.as_deref().filter(|c| *c != "FR"), None]);
        out
    }

    /// Reads lines of text as a client file has them. The last line is the country when it is a two-letter code, the one before (or the
    /// last) the town; what is over three lines joins the third. Fails as [`Address::clean`] does.
    pub fn parse(text: &str) -> Result<Address, Refusal> {
        let mut lines: Vec<&str> =
            text.lines().flat_map(|l| l.split('\r')).map(str::trim).filter(|l| !l.is_empty()).collect();
        let mut address = Address::default();
        if lines.len() > 1 && lines.last().is_some_and(|l| is_country(l) && *l != "FR") {
            address.country = lines.pop().map(str::to_owned);
        }
        if let Some((code, city)) = lines.last().and_then(|l| split_town(l)) {
            lines.pop();
            address.postal_code = Some(code.to_owned());
            address.city = city.map(str::to_owned);
        } else if lines.len() > 3 {
            address.city = lines.pop().map(str::to_owned);
        }
        let mut lines = lines.into_iter().map(str::to_owned);
        address.line1 = lines.next();
        address.line2 = lines.next();
        address.line3 = lines.next();
        let rest: Vec<String> = lines.collect();
        if let (Some(third), false) = (&mut address.line3, rest.is_empty()) {
            third.push_str(", ");
            third.push_str(&rest.join(", "));
        }
        address.clean()
    }
}

/// `75007 Paris` → its code and town. Only codes of four to six digits are recognised, so that `12 rue` stays a street.
fn split_town(line: &str) -> Option<(&str, Option<&str>)> {
    let (code, city) = match line.split_once(' ') {
        Some((code, city)) => (code, Some(city)),
        None => (line, None),
    };
    ((4..=6).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit())).then_some((code, city))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn u8_each_country_says_what_delivery_needs() {
        let address = |line1: &str, code: &str, city: &str, country: &str| {
            let some = |s: &str| (!s.is_empty()).then(|| s.to_owned());
            Address {
                line1: some(line1),
                postal_code: some(code),
                city: some(city),
                country: some(country),
                ..Address::default()
            }
        };
        let cases: [(&str, &str, &str, &str, &[&str]); 7] = [
            ("1 rue A", "75007", "Paris", "", &[]),
            ("1 rue A", "7500", "Paris", "FR", &["postalCode"]),
            ("", "", "", "", &["line1", "postalCode", "city"]),
            ("1 rue A", "1000", "Bruxelles", "BE", &[]),
            ("1 rue A", "", "Bruxelles", "BE", &["postalCode"]),
            ("1 Main St", "", "Accra", "GH", &[]),
            ("1 rue A", "98000", "", "MC", &[]),
        ];
        for (line1, code, city, country, missing) in cases {
            assert_eq!(address(line1, code, city, country).missing(), missing, "{line1} {code} {city} {country}");
        }
    }

    #[test]
    fn u8_postal_codes_have_the_form_of_their_country() {
        let missing = |code: &str, country: &str| {
            let some = |text: &str| Some(text.to_owned());
            let address = Address {
                line1: some("1"),
                postal_code: some(code),
                city: some("X"),
                country: some(country),
                ..Address::default()
            };
            address.missing()
        };
        for (country, right, wrong) in [
            ("FR", "75007", "7500"),
            ("BE", "B-1000", "10000"),
            ("CH", "1200", "12000"),
            ("LU", "L-1009", "LU1009"),
            ("DE", "10115", "1011"),
            ("ES", "28001", "2800A"),
            ("IT", "00118", "118"),
            ("GB", "sw1a1aa", "SW1A"),
            ("GB", "M1 1AE", "1M 1AE"),
            ("US", "10001-0001", "1000"),
            ("CA", "h2x1y4", "H2X 1YY"),
            ("NL", "1012 AB", "1012"),
            ("PT", "1000-001", "1000001"),
        ] {
            assert_eq!(missing(right, country), Vec::<&str>::new(), "{country} {right}");
            assert_eq!(missing(wrong, country), ["postalCode"], "{country} {wrong}");
        }
        for (countries, forms, example) in POSTAL_CODES {
            assert!(forms.iter().any(|form| has_form(example, form)), "{example}");
            assert!(
                countries
                    .iter()
                    .all(|country| missing(example, country).is_empty()
                        && postal_code_example(country) == Some(*example))
            );
        }
        // Where the form is not known any code will do; where there are none, none is needed.
        assert_eq!((missing("?", "JP"), postal_code_example("JP")), (vec![], None));
    }

    #[test]
    fn u8_a_country_is_one_that_the_standard_assigns() {
        let of = |country: &str| Address { country: Some(country.to_owned()), ..Address::default() }.clean();
        assert_eq!(of("be").map(|address| address.country), Ok(Some("BE".to_owned())));
        for unknown in ["ZZ", "XX", "UK", "France", "F"] {
            assert_eq!(of(unknown).map_err(|refusal| refusal.code), Err(Code::Invalid), "{unknown}");
        }
        assert!(COUNTRIES.split(' ').count() == 249 && COUNTRIES.split(' ').is_sorted());
    }

    proptest! {
        /// Laws behind B6: what an export renders is read back to an address that renders the same.
        #[test]
        fn b6_a_rendered_address_is_read_back_to_the_same_rendering(
            fields in proptest::collection::vec(proptest::option::of("[ -~éÉ]{0,12}"), 5), country in proptest::option::of("[A-Z]{2}")
        ) {
            let mut fields = fields.into_iter();
            let mut next = || fields.next().flatten();
            let address = Address { line1: next(), line2: next(), line3: next(), postal_code: next(), city: next(), country };
            if let Ok(address) = address.clean() {
                let text = address.render();
                let again = Address::parse(&text).map(|a| a.render());
                prop_assert_eq!(again.as_deref().ok(), Some(text.as_str()), "{:?}", address);
            }
        }
    }
}
