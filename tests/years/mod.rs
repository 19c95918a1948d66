//! Random years of an office: what happened, drawn by chance; on paper; and in a ledger.

mod clerk;
mod paper;

pub use clerk::office;
use jiff::civil::{Date, date};
pub use paper::{Paper, Sheet};
use proptest::prelude::*;

pub const TODAY: Date = date(2026, 1, 5);
pub const YEARS: std::ops::RangeInclusive<i16> = 2019..=2025;
pub const COLUMNS: [&str; 6] =
    ["natural_person", "commercial", "research", "public_welfare", "legal_service", "other"];
/// Outcomes of an answer, with the kind of reply that goes with each. The first two cannot be given while an opinion is asked for.
pub const LEAVES: [(&str, &str); 19] = [
    ("granted", "provided"),
    ("partial", "other_article"),
    ("d_state_secret", "withheld"),
    ("d_law_forbidden", "withheld"),
    ("d_three_security_one_stability", "withheld"),
    ("d_third_party", "withheld"),
    ("d_internal", "withheld"),
    ("d_process", "withheld"),
    ("d_enforcement_file", "withheld"),
    ("d_admin_query", "special_rules"),
    ("u_not_held", "not_held"),
    ("u_needs_creation", "other_article"),
    ("u_still_unclear", "other_article"),
    ("n_petition", "other_article"),
    ("n_repeat", "repeat"),
    ("n_publication", "other_article"),
    ("n_massive", "other_article"),
    ("n_confirm", "other_article"),
    ("o_other", "other_article"),
];
pub const REMEDIES: [&str; 3] = ["review", "direct_suit", "suit_after_review"];
pub const RESULTS: [&str; 3] = ["upheld", "corrected", "other"];
pub const CAUSES: [(&str, &str); 4] = [
    ("not_corrected", "o_no_correction"),
    ("fee_unpaid", "o_no_fee"),
    ("withdrawn", "o_other"),
    ("other", "o_other"),
];

#[derive(Debug, Clone)]
pub enum End {
    Open,
    Diverted,
    Answered {
        leaf: usize,
        days: i32,
    },
    /// Answered while an opinion is still asked for, maybe years later.
    Stood {
        leaf: usize,
        days: i32,
    },
    Ended {
        cause: usize,
        days: i32,
    },
    /// By its date answered before it came, as declared.
    Backdated {
        leaf: usize,
        days: i32,
    },
}

#[derive(Debug, Clone)]
pub struct Remedy {
    pub after: i32,
    pub remedy: usize,
    pub decided: Option<(i32, usize)>,
}

#[derive(Debug, Clone)]
pub struct Life {
    pub column: usize,
    pub received: i32,
    pub inherited: bool,
    pub end: End,
    pub remedies: Vec<Remedy>,
    pub anew: bool,
    pub archived: bool,
}

#[derive(Debug, Clone, Copy)]
pub enum Fate {
    Stands,
    Corrected,
    Withdrawn,
}

/// Figures of another system that fit together.
#[derive(Debug, Clone)]
pub enum Elsewhere {
    Closed { year: i16, column: usize, leaf: usize, cases: u64, fate: Fate },
    Carried { year: i16, column: usize, leaf: usize, cases: u64 },
    Remedies { year: i16, remedy: usize, result: usize, cases: u64, fate: Fate },
    Permits { year: i16, cases: u64, fate: Fate },
}

pub fn ends() -> impl Strategy<Value = End> {
    prop_oneof![
        1 => Just(End::Open),
        1 => Just(End::Diverted),
        5 => (0..LEAVES.len(), 0..13).prop_map(|(leaf, days)| End::Answered { leaf, days }),
        3 => (2..LEAVES.len(), 0..900).prop_map(|(leaf, days)| End::Stood { leaf, days }),
        1 => (2..12usize, 1..90).prop_map(|(leaf, days)| End::Backdated { leaf, days }),
        2 => (0..CAUSES.len(), 0..500).prop_map(|(cause, days)| End::Ended { cause, days }),
    ]
}

pub fn lives() -> impl Strategy<Value = Life> {
    let remedy = (0..500, 0..3usize, proptest::option::of((0..500, 0..3usize)));
    let remedy = remedy.prop_map(|(after, remedy, decided)| Remedy { after, remedy, decided });
    let remedies = prop_oneof![3 => Just(Vec::new()), 2 => proptest::collection::vec(remedy, 1..4)];
    // From the end of 2018 to that of 2025.
    let day = prop_oneof![2 => -40..2555, 1 => (0..7i32, -8..8).prop_map(|(year, day)| year * 365 + day)];
    (0..COLUMNS.len(), day, any::<bool>(), ends(), remedies, any::<bool>(), any::<bool>()).prop_map(
        |(column, received, inherited, end, remedies, anew, archived)| Life {
            column,
            received,
            inherited,
            end,
            remedies,
            anew,
            archived,
        },
    )
}

pub fn elsewhere() -> impl Strategy<Value = Elsewhere> {
    let fate =
        || prop_oneof![2 => Just(Fate::Stands), 1 => Just(Fate::Corrected), 1 => Just(Fate::Withdrawn)];
    let place = || (YEARS, 0..COLUMNS.len(), 0..LEAVES.len(), 0..50u64);
    prop_oneof![
        (place(), fate()).prop_map(|((year, column, leaf, cases), fate)| Elsewhere::Closed {
            year,
            column,
            leaf,
            cases,
            fate
        }),
        place().prop_map(|(year, column, leaf, cases)| Elsewhere::Carried { year, column, leaf, cases }),
        (YEARS, 0..3usize, 0..3usize, 0..9u64, fate()).prop_map(|(year, remedy, result, cases, fate)| {
            Elsewhere::Remedies { year, remedy, result, cases, fate }
        }),
        (2021..=2025i16, 0..5000u64, fate()).prop_map(|(year, cases, fate)| Elsewhere::Permits {
            year,
            cases,
            fate
        }),
    ]
}
