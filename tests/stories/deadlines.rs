//! How long an answer may take: under which regulations, from when, and what stops it.

use serde_json::json;

use super::requests::{answered, consulted, extended, opinion, received};
use super::{Q, Step, Story, step, story, under};

/// Answered on the last day, and on the day after it.
fn until(
    name: &'static str,
    years: &[i64],
    before: &[Step],
    (last, after): (&'static str, &'static str),
) -> Story {
    let by = |on| {
        let answer = answered(on, "provided", "granted");
        under(years, [before, &[answer]].concat())
    };
    story(name, "answer.late", by(last), by(after))
}

pub fn stories() -> Vec<Story> {
    let consultation =
        |party| vec![received("2026-03-02"), consulted("2026-03-04", party), opinion("2026-03-10", "agreed")];
    let corrected = vec![
        received("2026-03-02"),
        step("clerk", "request.correction_asked", Q, "2026-03-03", json!({"until": "2026-04-30"})).reasoned(),
        step("clerk", "request.corrected", Q, "2026-04-13", json!({})),
    ];
    let delayed = vec![
        received("2026-03-02"),
        step("head", "request.reasons_asked", Q, "2026-03-04", json!({})).reasoned(),
        step(
            "head",
            "request.delayed",
            Q,
            "2026-03-09",
            json!({"until": "2026-06-30", "notified": "2026-03-09"}),
        )
        .reasoned(),
    ];
    vec![
        until("article_33_20_working_days", &[2026], &[received("2026-03-02")], ("2026-03-30", "2026-03-31")),
        until(
            "article_24_of_2007_15_working_days",
            &[2015],
            &[received("2015-03-02")],
            ("2015-03-23", "2015-03-24"),
        ),
        until(
            "received_on_the_last_day_of_the_regulations_of_2007",
            &[2019],
            &[received("2019-05-14")],
            ("2019-06-04", "2019-06-05"),
        ),
        until(
            "received_on_the_first_day_of_the_regulations_of_2019",
            &[2019],
            &[received("2019-05-15")],
            ("2019-06-13", "2019-06-14"),
        ),
        until(
            "article_33_extension_adds_working_days",
            &[2026],
            &[received("2026-03-02"), extended("2026-03-10", 5)],
            ("2026-04-07", "2026-04-08"),
        ),
        until(
            "article_33_asking_a_third_party_does_not_count",
            &[2026],
            &consultation("third_party"),
            ("2026-04-03", "2026-04-07"),
        ),
        until(
            "article_33_asking_another_organ_does_not_count",
            &[2026],
            &consultation("other_organ"),
            ("2026-04-03", "2026-04-07"),
        ),
        until(
            "article_30_the_time_runs_anew_from_the_correction",
            &[2026],
            &corrected,
            ("2026-05-13", "2026-05-14"),
        ),
        until(
            "article_35_an_answer_put_off_has_its_own_day",
            &[2026],
            &delayed,
            ("2026-06-30", "2026-07-01"),
        ),
        no_clock(),
        provisional(),
    ]
}

/// Before the first regulations there was no time for the answer; a declaration is believed.
fn no_clock() -> Story {
    let answer = answered("2008-12-31", "provided", "granted");
    story(
        "before_2008_05_01_there_was_no_clock",
        "answer.late",
        under(&[2008], vec![received("2008-04-30"), answer.clone()]),
        under(&[2008], vec![received("2008-05-04"), answer]),
    )
}

/// A year without a calendar proves nothing, and says so.
fn provisional() -> Story {
    let answer = |on| answered(on, "provided", "granted");
    story(
        "a_year_without_a_calendar_is_provisional",
        "answer.provisional",
        under(&[2026], vec![received("2026-12-01"), answer("2026-12-29")]),
        under(&[2026], vec![received("2026-12-15"), answer("2027-03-31")]),
    )
}
