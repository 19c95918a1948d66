//! What the public sees of an item.

use clap::Args;

use super::filling::{Filling, missing};
use crate::fault::Outcome;
use crate::ledger::Wish;
use crate::record::PartName;
use crate::views::Texts;

/// Options for what the public sees.
#[derive(Args, Default)]
pub struct Public {
    /// 公开标题，缺省为登记的标题 · Public title; the registered one if not given
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// 发布地址 · Address it can be read at
    #[arg(long, value_name = "URL")]
    pub address: Option<String>,
    /// 文号 · Document number
    #[arg(long, value_name = "TEXT")]
    pub document_number: Option<String>,
    /// 索引号 · Index number
    #[arg(long, value_name = "TEXT")]
    pub index_number: Option<String>,
    /// 发文机关 · Issuer
    #[arg(long, value_name = "TEXT")]
    pub issuer: Option<String>,
    /// 成文日期 · Date written
    #[arg(long, value_name = "DATE")]
    pub formed: Option<String>,
    /// 主题分类 · Topic
    #[arg(long, value_name = "TEXT")]
    pub topic: Option<String>,
    /// 有效性 · Validity
    #[arg(long, value_name = "TEXT")]
    pub validity: Option<String>,
    /// 内容概述 · Summary
    #[arg(long, value_name = "TEXT")]
    pub summary: Option<String>,
    /// 主题词 · Keywords
    #[arg(long, value_name = "TEXT")]
    pub keywords: Option<String>,
}

/// Adds the open part: what is given, else what stands in `known`.
pub fn open_part(wish: Wish, it: &Filling<'_>, given: &Public, known: Texts) -> Outcome<Wish> {
    let formed = it.date("formed", given.formed.as_deref())?;
    let title = it.text("public_title", given.title.as_deref()).or_else(|| own(known.title));
    let title = title.ok_or_else(|| missing("public_title"))?;
    let rest = [
        ("address", given.address.as_deref(), known.address),
        ("document_number", given.document_number.as_deref(), known.document_number),
        ("index_number", given.index_number.as_deref(), known.index_number),
        ("issuer", given.issuer.as_deref(), known.issuer),
        ("topic", given.topic.as_deref(), known.topic),
        ("validity", given.validity.as_deref(), known.validity),
        ("summary", given.summary.as_deref(), known.summary),
        ("keywords", given.keywords.as_deref(), None),
    ];
    let wish = wish.part(PartName::Open, "title", title);
    let wish = wish.maybe_part(PartName::Open, "formed", formed.or_else(|| own(known.formed)));
    Ok(rest.into_iter().fold(wish, |wish, (key, option, known)| {
        wish.maybe_part(PartName::Open, key, it.text(key, option).or_else(|| own(known)))
    }))
}

fn own(text: Option<Box<str>>) -> Option<String> {
    text.map(String::from)
}
