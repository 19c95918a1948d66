//! Index numbers of real places, and what their templates refuse.

use std::collections::BTreeMap;

use super::index_number::{IndexNumber, Template};

fn template(text: &str) -> Template {
    Template::parse(text).unwrap()
}

fn values(list: &[(&str, &str)]) -> BTreeMap<String, String> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Places, their templates, a number and the next one.
const PLACES: &[(&str, &str, &str, &str)] = &[
    ("中国政府网", "{body:9}/{year}-{serial:5}", "000014349/2019-00007", "000014349/2019-00008"),
    (
        "宁国市",
        "{body:18}/{year}{month}-{serial:5}",
        "11341702486344515H/202110-00013",
        "11341702486344515H/202110-00014",
    ),
    ("连云港市", "{body}-{category}-{year}-{serial:4}", "320700001-02-2008-0009", "320700001-02-2008-0010"),
    (
        "宁波市",
        "{region}-{body}-{category}-{group}-{date}-{serial}",
        "330200-JB01-07-02-20200613-9",
        "330200-JB01-07-02-20200613-10",
    ),
    (
        "云南省民政厅",
        "{region:6}{body:3}{kind:2}{unit:2}{year}{serial:4}",
        "530000012010520200153",
        "530000012010520200154",
    ),
    ("白银市", "{category}-{year}-{serial:4}", "XZ04-2021-0011", "XZ04-2021-0012"),
];

#[test]
fn the_rules_of_real_places_are_templates() {
    for (place, text, number, next) in PLACES {
        let template = template(text);
        let known = template.recognise(number).unwrap_or_else(|| panic!("{place}"));
        assert_eq!(template.write(&known).unwrap(), *number, "{place}");
        assert_eq!(template.next(&known.values, [*number]).unwrap(), *next, "{place}");
        assert_eq!(template.to_string(), *text);
    }
    assert_eq!("530000012010520200153".len(), 21);
}

#[test]
fn a_number_of_one_place_is_none_of_another() {
    for (place, text, ..) in PLACES {
        for (other, _, number, _) in PLACES.iter().filter(|(other, ..)| other != place) {
            assert_eq!(template(text).recognise(number), None, "{other} in {place}");
        }
    }
}

#[test]
fn counting_is_by_the_other_values_and_never_goes_back() {
    let template = template("{body}/{year}-{serial:5}");
    let mine = values(&[("body", "000014349"), ("year", "2020"), ("unused", "x")]);
    let in_use = [
        "000014349/2019-00091",
        "000014349/2020-00003",
        "000014349/2020-00001",
        "别的编号",
        "000014350/2020-00050",
    ];
    assert_eq!(template.next(&mine, in_use).unwrap(), "000014349/2020-00004");
    assert_eq!(template.next(&mine, []).unwrap(), "000014349/2020-00001");
    assert_eq!(template.fields().collect::<Vec<_>>(), ["body", "year"]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let template = template("{body:9}/{year}-{serial:2}");
    let code = |values: &[(&str, &str)], used: &[&str]| {
        template.next(&self::values(values), used.iter().copied()).err().map(|fault| fault.code)
    };
    let good = [("body", "000014349"), ("year", "2019")];
    assert_eq!(code(&good, &[]), None);
    assert_eq!(code(&good, &["000014349/2019-99"]), Some("index_number.full"));
    assert_eq!(code(&[("body", "0001"), ("year", "2019")], &[]), Some("index_number.value"));
    assert_eq!(code(&[("body", "000014349")], &[]), Some("index_number.value"));
    assert_eq!(code(&[("body", "00001434/"), ("year", "2019")], &[]), Some("index_number.value"));
    assert_eq!(code(&[("body", "000014349"), ("year", "19")], &[]), Some("index_number.value"));
    for text in [
        "",
        "000014349/2019-7",
        "000014349/2019-007",
        "000014349/2019-00",
        "00014349/2019-07",
        "000014349/2019-07 ",
        "000014349／2019-07",
        "000014349/0019-07",
    ] {
        assert_eq!(template.check(text).err().map(|fault| fault.code), Some("index_number.form"), "{text}");
    }
    let open = Template::parse("{category}-{year}-{serial}").unwrap();
    assert_eq!(open.recognise("XZ-04-2021-7"), None);
    assert_eq!(open.recognise("XZ-2021-007"), None);
    let with_mark = values(&[("category", "XZ-04"), ("year", "2021")]);
    assert_eq!(open.next(&with_mark, []).err().map(|fault| fault.code), Some("index_number.value"));
}

#[test]
fn bad_templates_are_named() {
    for text in [
        "",
        "{body}/{year}",
        "{serial}{serial}",
        "{body}{serial}",
        "{body}/{body}-{serial}",
        "{Body}-{serial}",
        "{}-{serial}",
        "{serial",
        "serial}",
        "{serial:0}",
        "{serial:19}",
        "{year:2}-{serial}",
        "{serial:x}",
        "{serial}9",
        "a b{serial}",
    ] {
        let fault = Template::parse(text).unwrap_err();
        assert_eq!(fault.code, "index_number.template", "{text}");
        assert!(fault.text(crate::fault::Lang::Zh).contains("不成立："), "{fault}");
    }
    assert!(Template::parse(&"x".repeat(200)).is_err());
}

proptest::proptest! {
    #[test]
    fn the_next_number_is_one_of_the_template_and_new(
        body in "[0-9A-Z]{1,9}", year in 1900u32..2200, serials in proptest::collection::vec(1u64..99_999, 0..20),
    ) {
        let template = template("{body}/{year}-{serial:6}");
        let values = values(&[("body", &body), ("year", &year.to_string())]);
        let used: Vec<String> = serials.iter()
            .map(|serial| template.write(&IndexNumber { values: values.clone(), serial: *serial }).unwrap()).collect();
        let next = template.next(&values, used.iter().map(String::as_str)).unwrap();
        proptest::prop_assert!(!used.contains(&next));
        proptest::prop_assert_eq!(template.recognise(&next).unwrap().values, values);
    }

    #[test]
    fn no_text_panics(text in ".{0,40}", number in ".{0,40}") {
        if let Ok(template) = Template::parse(&text) {
            let _ = template.recognise(&number);
        }
        let _ = template("{body}/{year}-{serial}").recognise(&number);
    }
}
