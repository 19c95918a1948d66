//! The shapes of the derived files, for readers and for the JSON Schemas.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::{Day, KeyId, Subject};

/// `catalog.json`: everything of which something is public.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueFile {
    /// Day of the last event.
    pub as_of: Day,
    /// Rows, in the order of the items' first events.
    pub items: Vec<CatalogueRow>,
}

/// A row of the public catalogue. Texts are those of the open part in force, as given there.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueRow {
    /// The item.
    pub id: Subject,
    /// 公开属性, a code.
    pub attribute: String,
    /// State, a code.
    pub state: String,
    /// From before the ledger.
    pub inherited: bool,
    /// 公开渠道, codes.
    pub channels: Vec<String>,
    /// 发布日期
    pub published: Option<String>,
    /// 地址
    pub address: Option<String>,
    /// 文号
    pub document_number: Option<String>,
    /// 成文日期
    pub formed: Option<String>,
    /// 索引号
    pub index_number: Option<String>,
    /// 发文机关
    pub issuer: Option<String>,
    /// 内容概述
    pub summary: Option<String>,
    /// 标题
    pub title: Option<String>,
    /// 主题
    pub topic: Option<String>,
    /// 有效性
    pub validity: Option<String>,
}

/// `withheld.json`: everything withheld, whole or in part.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithheldFile {
    /// Day of the last event.
    pub as_of: Day,
    /// Rows, in the order of the items' first events.
    pub items: Vec<WithheldRow>,
}

/// A row of the withheld list; the texts stand in full copies only.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithheldRow {
    /// The item.
    pub id: Subject,
    /// 公开属性, a code.
    pub attribute: String,
    /// State, a code.
    pub state: String,
    /// From before the ledger.
    pub inherited: bool,
    /// A stub of a state secret.
    pub secret: bool,
    /// 不予公开依据, a code.
    pub ground: Option<String>,
    /// 未公开部分的依据, a code.
    pub remainder_ground: Option<String>,
    /// 定性日期
    pub decided: Option<String>,
    /// 最近评估日期
    pub reassessed: Option<String>,
    /// 标题
    pub title: Option<String>,
    /// 文号
    pub document_number: Option<String>,
    /// 索引号
    pub index_number: Option<String>,
    /// 发文机关
    pub issuer: Option<String>,
    /// 成文日期
    pub formed: Option<String>,
}

/// `people.json`: persons and keys.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeopleFile {
    /// Every key ever enrolled.
    pub keys: Vec<KeyRow>,
    /// Every person.
    pub persons: Vec<PersonRow>,
}

/// A key.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyRow {
    /// Event that enrolled it.
    pub enrolled: u64,
    /// Its holder.
    pub holder: Subject,
    /// The key.
    pub key: KeyId,
    /// First event of the act that revoked it.
    pub revoked: Option<u64>,
}

/// A person.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonRow {
    /// Opaque id.
    pub holder: Subject,
    /// 姓名; full copies only.
    pub name: Option<String>,
    /// 职责, codes.
    pub roles: Vec<String>,
}
