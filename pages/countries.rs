//! The countries that an address may be in, in the order of their names in each language.

use crate::Lang;
use std::borrow::Borrow;

/// By French names.
const FRENCH: &str = "AF ZA AL DZ DE AD AO AI AQ AG SA AR AM AW AU AT AZ BS BH BD BB BE BZ BJ BM BT BY BO BA BW BR BN BG BF BI KH CM CA CV CL CN CY CO KM CG CD KP KR CR CI \
     HR CU CW DK DJ DM EG AE EC ER ES EE SZ VA US ET FJ FI FR GA GM GE GS GH GI GR GD GL GP GU GT GG GN GQ GW GY GF HT HN HU BV CX IM NF AX KY CC CK \
     FO HM FK MP MH UM PN SB TC VG VI IN ID IQ IR IE IS IL IT JM JP JE JO KZ KE KG KI KW RE LA LS LV LB LR LY LI LT LU MK MG MY MW MV ML MT MA MQ MU \
     MR YT MX FM MD MC MN ME MS MZ MM NA NR NP NI NE NG NU NO NC NZ OM UG UZ PK PW PA PG PY NL BQ PE PH PL PF PR PT QA HK MO CF DO RO GB RU RW EH BL \
     KN SM MF SX PM VC SH LC SV WS AS ST SN RS SC SL SG SK SI SO SD SS LK SE CH SR SJ SY TJ TW TZ TD CZ TF IO PS TH TL TG TK TO TT TN TM TR TV UA UY \
     VU VE VN WF YE ZM ZW";

/// By English names.
const ENGLISH: &str = "AF AX AL DZ AS AD AO AI AQ AG AR AM AW AU AT AZ BS BH BD BB BY BE BZ BJ BM BT BO BA BW BV BR IO VG BN BG BF BI KH CM CA CV BQ KY CF TD CL CN CX CC CO \
     KM CG CD CK CR CI HR CU CW CY CZ DK DJ DM DO EC EG SV GQ ER EE SZ ET FK FO FJ FI FR GF PF TF GA GM GE DE GH GI GR GL GD GP GU GT GG GN GW GY HT \
     HM HN HK HU IS IN ID IR IQ IE IM IL IT JM JP JE JO KZ KE KI KW KG LA LV LB LS LR LY LI LT LU MO MG MW MY MV ML MT MH MQ MR MU YT MX FM MD MC MN \
     ME MS MA MZ MM NA NR NP NL NC NZ NI NE NG NU NF KP MK MP NO OM PK PW PS PA PG PY PE PH PN PL PT PR QA RE RO RU RW WS SM ST SA SN RS SC SL SG SX \
     SK SI SB SO ZA GS KR SS ES LK BL SH KN LC MF PM VC SD SR SJ SE CH SY TW TJ TZ TH TL TG TK TO TT TN TR TM TC TV UM VI UG UA AE GB US UY UZ VU VA \
     VE VN WF EH YE ZM ZW";

/// Their codes (ISO 3166-1), as a list in this language shows them; what is said of one is its word, `country-FR`.
pub fn codes(lang: impl Borrow<Lang>) -> impl Iterator<Item = &'static str> {
    match *lang.borrow() {
        Lang::Fr => FRENCH.split(' '),
        Lang::En => ENGLISH.split(' '),
    }
}

#[cfg(test)]
mod tests {
    use super::codes;
    use crate::{Lang, words::Words};
    use std::collections::BTreeSet;

    #[test]
    fn every_country_is_there_once_in_both_languages_and_has_its_name() {
        let all = |lang| codes(lang).collect::<BTreeSet<_>>();
        assert_eq!(all(Lang::Fr), all(Lang::En));
        for lang in Lang::ALL {
            assert_eq!(codes(lang).count(), 249);
            assert!(codes(lang).all(|code| Words::of(lang).has(&format!("country-{code}"))));
        }
        assert_eq!(codes(Lang::Fr).next(), Some("AF"));
    }
}
