//! One line of a standard catalogue.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::channel::Channel;
use super::field::Field;
use super::limit::TimeLimit;

/// A matter that is to be public, with its eight elements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatterRow {
    /// Id in the ledger, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// 试点领域
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// 一级事项
    pub first: String,
    /// 二级事项; empty when the matter is not divided.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub second: String,
    /// 公开内容（要素）
    pub content: String,
    /// 公开依据
    pub basis: String,
    /// 公开时限
    pub limit: TimeLimit,
    /// 公开主体
    pub body: String,
    /// 公开渠道和载体
    pub channels: BTreeSet<Channel>,
    /// What 其他 is, where it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_channel: Option<String>,
    /// 公开对象
    pub audience: Audience,
    /// 公开方式, one or both.
    pub manners: BTreeSet<Manner>,
    /// 办事服务类: its name must be the one on the government service site.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub service: bool,
}

/// 公开对象
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// 全社会
    All,
    /// 特定群众: who; empty where the table only has a tick.
    Specific(String),
}

/// 公开方式
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// 主动公开
    Open,
    /// 依申请公开
    OnRequest,
}
