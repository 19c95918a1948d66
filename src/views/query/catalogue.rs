//! What the office shows: the public catalogue, the withheld list, what can be had on request. The rows are those
//! of `docs/format.md`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::list::Clauses;
use super::{Listed, Page, Query};
use crate::fault::Outcome;
use crate::record::{Day, Subject};
use crate::rules::Attribute;
use crate::views::facets::Facet;
use crate::views::row::Row;

/// A row of the public catalogue. Texts are those of the open part in force; absent where it is not in this copy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CatalogueRow {
    /// The item.
    pub id: Subject,
    /// 公开属性, a code.
    pub attribute: String,
    /// State, a code.
    pub state: String,
    /// From before the ledger.
    pub inherited: bool,
    /// Channels of the newest publication, codes.
    pub channels: Vec<String>,
    /// 发布日期
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Day>,
    /// 地址
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// 文号
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    /// 成文日期
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formed: Option<String>,
    /// 索引号
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index_number: Option<String>,
    /// 发文机关
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// 概述
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// 标题
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// 主题
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// 有效性
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<String>,
}

/// A row of the withheld list, as a full copy shows it; a public copy leaves the five texts at the end out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WithheldRow {
    /// The item.
    pub id: Subject,
    /// 公开属性, a code.
    pub attribute: String,
    /// State, a code.
    pub state: String,
    /// From before the ledger.
    pub inherited: bool,
    /// A state-secret stub.
    pub secret: bool,
    /// Ground of withholding the whole, a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
    /// Ground of withholding the remainder, a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remainder_ground: Option<String>,
    /// Day of the event that set the attribute in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Day>,
    /// Day of the newest reassessment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reassessed: Option<Day>,
    /// 标题
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// 文号
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    /// 索引号
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index_number: Option<String>,
    /// 发文机关
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// 成文日期
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formed: Option<String>,
}

fn owned(text: Option<Box<str>>) -> Option<String> {
    text.map(String::from)
}

impl From<Row> for CatalogueRow {
    fn from(row: Row) -> Self {
        let (attribute, state) = (row.attribute().to_string(), row.state().to_string());
        let open = row.open.unwrap_or_default();
        Self {
            id: row.id,
            attribute,
            state,
            inherited: row.inherited,
            channels: row.channels.into_iter().map(String::from).collect(),
            published: row.published,
            address: owned(open.address),
            document_number: owned(open.document_number),
            formed: owned(open.formed),
            index_number: owned(open.index_number),
            issuer: owned(open.issuer),
            summary: owned(open.summary),
            title: owned(open.title),
            topic: owned(open.topic),
            validity: owned(open.validity),
        }
    }
}

impl From<Row> for WithheldRow {
    fn from(row: Row) -> Self {
        let (attribute, state) = (row.attribute(), row.state().to_string());
        let ground = owned(row.law.as_ref().and_then(|law| law.ground.clone()));
        let partial = attribute == Attribute::Partial;
        Self {
            id: row.id,
            attribute: attribute.to_string(),
            state,
            inherited: row.inherited,
            secret: row.law.is_some_and(|law| law.secret),
            ground: ground.clone().filter(|_| !partial),
            remainder_ground: ground.filter(|_| partial),
            decided: row.decided,
            reassessed: row.reassessed,
            title: owned(row.texts.title),
            document_number: owned(row.texts.document_number),
            index_number: owned(row.texts.index_number),
            issuer: owned(row.texts.issuer),
            formed: owned(row.texts.formed),
        }
    }
}

impl Query<'_> {
    /// The public catalogue: everything of which something is public, lapsed items not withdrawn among it.
    pub fn catalogue(&self, page: Page) -> Outcome<Listed<CatalogueRow>> {
        let chosen = self.chosen(&Clauses::default().with(Facet::PUBLIC))?;
        Ok(self.page(&chosen, page)?.map(CatalogueRow::from))
    }

    /// What is withheld, in whole or in part, and not lapsed.
    pub fn withheld(&self, page: Page) -> Outcome<Listed<WithheldRow>> {
        let chosen = self.chosen(&Clauses::default().with(Facet::WITHHELD))?;
        Ok(self.page(&chosen, page)?.map(WithheldRow::from))
    }

    /// What can be had on request, and has not lapsed.
    pub fn on_request(&self, page: Page) -> Outcome<Listed<Row>> {
        let chosen = self.chosen(&Clauses::default().with(Facet::ON_REQUEST))?;
        self.page(&chosen, page)
    }

    /// Day of the last event: what the lists are as of.
    pub fn as_of(&self) -> Option<Day> {
        self.table.mark().head.at.map(|at| at.day())
    }
}
