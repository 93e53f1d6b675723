//! Names of countries as client files write them, in French and English, to their codes (ISO 3166-1 alpha-2).
//!
//! Names are compared folded: without case, accents and punctuation. Common names, old names and abbreviations stand beside the official ones.
//! What is not here is not guessed: the row says so, and a two-letter code is always understood.

use domain::{address::COUNTRIES, text::fold};
use std::{collections::HashMap, sync::LazyLock};

/// The code of a country, from its code or one of its names; none where it is not known.
pub(crate) fn country_code(text: &str) -> Option<&'static str> {
    BY_NAME.get(fold(text).as_str()).copied()
}

static BY_NAME: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let codes = COUNTRIES.split(' ').map(|code| (code.to_lowercase(), code));
    let names = NAMES.iter().flat_map(|(code, names)| names.iter().map(move |name| ((*name).to_owned(), *code)));
    codes.chain(names).collect()
});

/// Code and names, as they fold.
#[rustfmt::skip] // A row a country.
const NAMES: &[(&str, &[&str])] = &[
    ("AD", &["andorre", "andorra"]),
    ("AE", &["emirats arabes unis", "united arab emirates", "uae", "eau", "dubai", "abu dhabi"]),
    ("AL", &["albanie", "albania"]),
    ("AM", &["armenie", "armenia"]),
    ("AR", &["argentine", "argentina"]),
    ("AT", &["autriche", "austria", "osterreich"]),
    ("AU", &["australie", "australia"]),
    ("AZ", &["azerbaidjan", "azerbaijan"]),
    ("BA", &["bosnie herzegovine", "bosnie", "bosnia and herzegovina", "bosnia"]),
    ("BE", &["belgique", "belgium", "belgie", "belgien"]),
    ("BF", &["burkina faso", "burkina"]),
    ("BG", &["bulgarie", "bulgaria"]),
    ("BI", &["burundi"]),
    ("BJ", &["benin"]),
    ("BL", &["saint barthelemy", "saint barth"]),
    ("BR", &["bresil", "brazil", "brasil"]),
    ("BY", &["bielorussie", "belarus"]),
    ("CA", &["canada", "quebec"]),
    ("CD", &["republique democratique du congo", "rd congo", "rdc", "democratic republic of the congo", "dr congo", "congo kinshasa"]),
    ("CF", &["republique centrafricaine", "centrafrique", "central african republic"]),
    ("CG", &["congo", "republique du congo", "republic of the congo", "congo brazzaville"]),
    ("CH", &["suisse", "switzerland", "schweiz", "svizzera", "confederation suisse"]),
    ("CI", &["cote d ivoire", "ivory coast"]),
    ("CL", &["chili", "chile"]),
    ("CM", &["cameroun", "cameroon"]),
    ("CN", &["chine", "china", "republique populaire de chine", "people s republic of china"]),
    ("CO", &["colombie", "colombia"]),
    ("CR", &["costa rica"]),
    ("CU", &["cuba"]),
    ("CV", &["cap vert", "cabo verde", "cape verde"]),
    ("CY", &["chypre", "cyprus"]),
    ("CZ", &["tchequie", "republique tcheque", "czechia", "czech republic"]),
    ("DE", &["allemagne", "germany", "deutschland"]),
    ("DJ", &["djibouti"]),
    ("DK", &["danemark", "denmark", "danmark"]),
    ("DO", &["republique dominicaine", "dominican republic"]),
    ("DZ", &["algerie", "algeria"]),
    ("EC", &["equateur", "ecuador"]),
    ("EE", &["estonie", "estonia"]),
    ("EG", &["egypte", "egypt"]),
    ("ES", &["espagne", "spain", "espana"]),
    ("ET", &["ethiopie", "ethiopia"]),
    ("FI", &["finlande", "finland", "suomi"]),
    ("FR", &["france", "republique francaise", "france metropolitaine", "metropolitan france", "fra", "corse"]),
    ("GA", &["gabon"]),
    ("GB", &["royaume uni", "united kingdom", "uk", "u k", "grande bretagne", "great britain", "angleterre", "england", "ecosse", "scotland",
             "pays de galles", "wales", "irlande du nord", "northern ireland"]),
    ("GE", &["georgie", "georgia"]),
    ("GF", &["guyane", "guyane francaise", "french guiana"]),
    ("GG", &["guernesey", "guernsey"]),
    ("GH", &["ghana"]),
    ("GI", &["gibraltar"]),
    ("GN", &["guinee", "guinea", "guinee conakry"]),
    ("GP", &["guadeloupe"]),
    ("GR", &["grece", "greece"]),
    ("HK", &["hong kong"]),
    ("HR", &["croatie", "croatia"]),
    ("HT", &["haiti"]),
    ("HU", &["hongrie", "hungary"]),
    ("ID", &["indonesie", "indonesia"]),
    ("IE", &["irlande", "ireland", "republique d irlande", "republic of ireland"]),
    ("IL", &["israel"]),
    ("IN", &["inde", "india"]),
    ("IQ", &["irak", "iraq"]),
    ("IR", &["iran"]),
    ("IS", &["islande", "iceland"]),
    ("IT", &["italie", "italy", "italia"]),
    ("JE", &["jersey"]),
    ("JO", &["jordanie", "jordan"]),
    ("JP", &["japon", "japan"]),
    ("KE", &["kenya"]),
    ("KH", &["cambodge", "cambodia"]),
    ("KM", &["comores", "comoros"]),
    ("KR", &["coree du sud", "south korea", "republique de coree", "republic of korea"]),
    ("KW", &["koweit", "kuwait"]),
    ("KZ", &["kazakhstan"]),
    ("LA", &["laos"]),
    ("LB", &["liban", "lebanon"]),
    ("LI", &["liechtenstein"]),
    ("LK", &["sri lanka"]),
    ("LT", &["lituanie", "lithuania"]),
    ("LU", &["luxembourg", "letzebuerg"]),
    ("LV", &["lettonie", "latvia"]),
    ("LY", &["libye", "libya"]),
    ("MA", &["maroc", "morocco"]),
    ("MC", &["monaco", "principaute de monaco"]),
    ("MD", &["moldavie", "moldova"]),
    ("ME", &["montenegro"]),
    ("MF", &["saint martin"]),
    ("MG", &["madagascar"]),
    ("MK", &["macedoine du nord", "macedoine", "north macedonia"]),
    ("ML", &["mali"]),
    ("MQ", &["martinique"]),
    ("MR", &["mauritanie", "mauritania"]),
    ("MT", &["malte", "malta"]),
    ("MU", &["maurice", "ile maurice", "mauritius"]),
    ("MX", &["mexique", "mexico"]),
    ("MY", &["malaisie", "malaysia"]),
    ("MZ", &["mozambique"]),
    ("NC", &["nouvelle caledonie", "new caledonia"]),
    ("NE", &["niger"]),
    ("NG", &["nigeria"]),
    ("NL", &["pays bas", "netherlands", "the netherlands", "hollande", "holland", "nederland"]),
    ("NO", &["norvege", "norway", "norge"]),
    ("NZ", &["nouvelle zelande", "new zealand"]),
    ("OM", &["oman"]),
    ("PE", &["perou", "peru"]),
    ("PF", &["polynesie francaise", "polynesie", "french polynesia", "tahiti"]),
    ("PH", &["philippines"]),
    ("PK", &["pakistan"]),
    ("PL", &["pologne", "poland", "polska"]),
    ("PM", &["saint pierre et miquelon", "saint pierre and miquelon"]),
    ("PT", &["portugal"]),
    ("QA", &["qatar"]),
    ("RE", &["reunion", "la reunion", "ile de la reunion"]),
    ("RO", &["roumanie", "romania"]),
    ("RS", &["serbie", "serbia"]),
    ("RU", &["russie", "russia", "federation de russie", "russian federation"]),
    ("RW", &["rwanda"]),
    ("SA", &["arabie saoudite", "saudi arabia"]),
    ("SC", &["seychelles"]),
    ("SE", &["suede", "sweden", "sverige"]),
    ("SG", &["singapour", "singapore"]),
    ("SI", &["slovenie", "slovenia"]),
    ("SK", &["slovaquie", "slovakia"]),
    ("SM", &["saint marin", "san marino"]),
    ("SN", &["senegal"]),
    ("SY", &["syrie", "syria"]),
    ("TD", &["tchad", "chad"]),
    ("TG", &["togo"]),
    ("TH", &["thailande", "thailand"]),
    ("TN", &["tunisie", "tunisia"]),
    ("TR", &["turquie", "turkey", "turkiye"]),
    ("TW", &["taiwan"]),
    ("TZ", &["tanzanie", "tanzania"]),
    ("UA", &["ukraine"]),
    ("UG", &["ouganda", "uganda"]),
    ("US", &["etats unis", "etats unis d amerique", "united states", "united states of america", "usa", "u s a", "u s"]),
    ("UY", &["uruguay"]),
    ("UZ", &["ouzbekistan", "uzbekistan"]),
    ("VA", &["vatican", "saint siege", "holy see"]),
    ("VE", &["venezuela"]),
    ("VN", &["vietnam", "viet nam"]),
    ("VU", &["vanuatu"]),
    ("WF", &["wallis et futuna", "wallis and futuna"]),
    ("YT", &["mayotte"]),
    ("ZA", &["afrique du sud", "south africa"]),
    ("ZM", &["zambie", "zambia"]),
    ("ZW", &["zimbabwe"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a10_countries_are_known_by_name_in_both_languages_and_by_code() {
        for (text, code) in [
            ("France", "FR"),
            ("FRANCE", "FR"),
            ("fr", "FR"),
            ("Belgique", "BE"),
            ("United Kingdom", "GB"),
            ("UK", "GB"),
            ("Royaume-Uni", "GB"),
            ("Côte d’Ivoire", "CI"),
            ("Etats Unis", "US"),
            ("La Réunion", "RE"),
            ("Pays-Bas", "NL"),
            ("ZW", "ZW"),
        ] {
            assert_eq!(country_code(text), Some(code), "{text}");
        }
        for unknown in ["", "ZZ", "Francia Occidentalis", "75001"] {
            assert_eq!(country_code(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn every_name_is_written_as_it_folds_and_means_one_country() {
        let mut seen = HashMap::new();
        for (code, names) in NAMES {
            assert!(COUNTRIES.split(' ').any(|known| known == *code), "{code}");
            for name in *names {
                assert_eq!(fold(name), *name);
                assert_eq!(seen.insert(name, code), None, "{name}");
            }
        }
        assert_eq!(COUNTRIES.split(' ').count(), 249);
    }
}
