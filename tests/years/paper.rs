//! What a person would have noted, and a recount of it that knows nothing of the program.

use jiff::civil::{Date, date};

use super::REMEDIES;

/// What was done, as a person would keep it on paper: the recount is made of this alone.
#[derive(Debug, Default)]
pub struct Paper {
    pub requests: Vec<Sheet>,
    pub remedies: Vec<(Date, &'static str, Option<(Date, &'static str)>)>,
    pub stated: Vec<(i16, String, u64)>,
}

#[derive(Debug)]
pub struct Sheet {
    pub received: Date,
    pub column: &'static str,
    pub closed: Option<(Date, &'static str)>,
    pub diverted: bool,
}

impl Paper {
    /// The figure of a cell, counted by hand.
    pub fn recount(&self, year: i16, row: &str, column: &str) -> i64 {
        let (first, last) = (date(year, 1, 1), date(year, 12, 31));
        let open_after = |sheet: &Sheet, day: Date| sheet.closed.is_none_or(|(closed, _)| closed > day);
        let counts = |sheet: &&Sheet| {
            let eve = first.yesterday().unwrap();
            !sheet.diverted
                && sheet.column == column
                && match row {
                    "new_received" => first <= sheet.received && sheet.received <= last,
                    "carried_in" => sheet.received < first && open_after(sheet, eve),
                    "carried_out" => sheet.received <= last && open_after(sheet, last),
                    leaf => sheet.closed.is_some_and(|(closed, of)| {
                        let merged = year <= 2020 && matches!(of, "o_no_correction" | "o_no_fee");
                        closed.year() == year && (if merged { "o_other" } else { of }) == leaf
                    }),
                }
        };
        let sued = |(filed, remedy, decided): &&(Date, &str, Option<(Date, &str)>)| {
            *remedy == row
                && match decided {
                    Some((on, result)) if *on <= last => on.year() == year && *result == column,
                    _ => *filed <= last && column == "pending",
                }
        };
        let is_remedy = REMEDIES.contains(&row);
        let counted = if is_remedy {
            self.remedies.iter().filter(sued).count()
        } else {
            self.requests.iter().filter(counts).count()
        };
        i64::try_from(counted).unwrap() + self.said(year, &format!("{row}.{column}"))
    }

    pub fn said(&self, year: i16, cell: &str) -> i64 {
        let mut all =
            self.stated.iter().filter(|(of, name, _)| *of == year && name == cell).map(|(.., n)| *n);
        i64::try_from(all.by_ref().sum::<u64>()).unwrap()
    }
}
