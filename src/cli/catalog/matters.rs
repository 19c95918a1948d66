//! The standard catalogue as the ledger has it: its matters in order, and whether exactly this list was approved.

use crate::cli::lookup::{self, Past};
use crate::cli::{Ctx, output};
use crate::exchange::standard::{
    Approved, Audience, Catalogue, Channel, Field, Manner, MatterRow, TimeLimit,
};
use crate::fault::Outcome;
use crate::ledger::Ledger;
use crate::record::PartName;
use crate::rules::Scalar;
use crate::views::{Course, DossierRow};

/// The matters that are listed, in the order of the catalogue: by 排序, those without one at the end as they were listed.
pub fn listed(mut rows: Vec<DossierRow>) -> Vec<(DossierRow, MatterRow)> {
    rows.sort_by_key(|row| (order(row).unwrap_or(u64::MAX), row.first().map(|event| event.seq)));
    rows.into_iter().filter_map(|row| matter(&row).map(|matter| (row, matter))).collect()
}

/// The place a matter was given.
pub fn order(row: &DossierRow) -> Option<u64> {
    match row.get("order") {
        Some(Scalar::Number(place)) => Some(*place),
        _ => None,
    }
}

/// What a list of matters is approved as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// 标准目录: all of them.
    Standard,
    /// 主动公开基本目录: those that are published without being asked for.
    Basic,
}

impl Which {
    /// Code of the catalogue's kind.
    pub fn code(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Basic => "basic",
        }
    }

    /// The rows that belong to it.
    pub fn of(self, rows: Vec<MatterRow>) -> Vec<MatterRow> {
        let open = |row: &MatterRow| self == Self::Standard || row.manners.contains(&Manner::Open);
        rows.into_iter().filter(open).collect()
    }

    fn title(self) -> &'static str {
        match self {
            Self::Standard => "基层政务公开标准事项目录",
            Self::Basic => "主动公开基本目录",
        }
    }
}

/// The rows of a catalogue as they stood.
pub fn rows(ctx: &Ctx<'_>, ledger: &Ledger, which: Which, past: &Past) -> Outcome<Vec<MatterRow>> {
    let dossiers = lookup::dossiers_then(ctx, ledger, "matter/", past)?;
    Ok(which.of(listed(dossiers).into_iter().map(|(_, matter)| matter).collect()))
}

/// The catalogue as it is printed, with the line of approval or how it stands.
pub fn catalogue(
    ctx: &Ctx<'_>,
    ledger: &Ledger,
    which: Which,
    rows: Vec<MatterRow>,
    past: &Past,
) -> Outcome<Catalogue> {
    let digest = crate::exchange::standard::list_digest(&rows)?.to_string();
    let approval = approval(ctx, ledger, which.code(), &digest, past)?;
    let office = ledger.info().office.clone();
    Ok(Catalogue {
        title: format!("{office}{}", which.title()),
        banner: output::banner(&office),
        office,
        rows,
        approved: approval.approved,
        standing: approval.standing.to_owned(),
        merge: true,
        beside: true,
    })
}

/// How a list stands with those who approve it.
pub struct Approval {
    /// Who approved exactly this list, and when.
    pub approved: Option<Approved>,
    /// What is to be said when nobody did; empty when somebody did.
    pub standing: &'static str,
}

/// Whether the list with this digest was approved: by the newest approval that signed it.
pub fn approval(ctx: &Ctx<'_>, ledger: &Ledger, kind: &str, digest: &str, past: &Past) -> Outcome<Approval> {
    let catalogs = lookup::dossiers_then(ctx, ledger, "catalog/", past)?;
    let of_kind = |event: &&Course| event.fact("of_kind") == Some(kind);
    let mut events: Vec<&Course> = catalogs.iter().flat_map(|row| &row.course).filter(of_kind).collect();
    events.sort_by_key(|event| event.seq);
    let Some(found) = events.iter().rev().find(|event| event.fact("list") == Some(digest)) else {
        let standing =
            if events.is_empty() { "未审核" } else { "审核后已变更，尚未重新审核" };
        return Ok(Approval { approved: None, standing });
    };
    let (_, parts) = lookup::event(ledger, found.seq)?;
    let open = parts.get(&PartName::Open).map(|part| &part.data);
    let text = |name| open.and_then(|open| open.get(name)?.as_str());
    let by = text("approver").unwrap_or_default();
    let by = text("document_number").map_or_else(|| by.to_owned(), |number| format!("{by}（{number}）"));
    let approved = found.on().map(|on| Approved { by, on: on.0 });
    Ok(Approval { approved, standing: "" })
}

/// A matter as a row of the catalogue; nothing for one that is not listed, or whose text this copy has not got.
pub fn matter(row: &DossierRow) -> Option<MatterRow> {
    let open = row.open().filter(|_| row.state() == "listed")?;
    let text = |name: &str| open.get(name).and_then(|text| text.as_str()).unwrap_or_default().to_owned();
    let says = |event: &&Course| matches!(event.kind.as_str(), "matter.listed" | "matter.revised");
    let newest = row.course.iter().rev().find(says)?;
    let specific = row.code("audience") == Some("specific");
    Some(MatterRow {
        id: Some(row.id.to_string()),
        field: row.code("field").and_then(Field::read),
        first: text("first"),
        second: text("second"),
        content: text("content"),
        basis: text("basis"),
        limit: TimeLimit::read(&text("limit")),
        body: text("body"),
        channels: codes::<Channel>(newest, "channels"),
        other_channel: Some(text("other_channel")).filter(|text| !text.is_empty()),
        audience: if specific { Audience::Specific(text("who")) } else { Audience::All },
        manners: codes::<Manner>(newest, "manners"),
        service: row.code("service") == Some("yes"),
    })
}

fn codes<T: serde::de::DeserializeOwned + Ord>(event: &Course, fact: &str) -> std::collections::BTreeSet<T> {
    let list = event.facts.get(fact).and_then(|value| value.as_array());
    let code = |value: &serde_json::Value| serde_json::from_value(value.clone()).ok();
    list.into_iter().flatten().filter_map(code).collect()
}
