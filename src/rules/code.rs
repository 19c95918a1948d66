//! The codes that rules compare, as types. Each enum lists the codes of one vocabulary of the rule book.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every code, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Reads a code.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }

            /// The code as written.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.as_str())
            }
        }
    };
}

codes! {
    /// 公开属性 of an item.
    Attribute {
        /// 主动公开
        Open = "open",
        /// 依申请公开
        OnRequest = "on_request",
        /// 不予公开
        Withheld = "withheld",
        /// 删减后公开
        Partial = "partial",
        /// 未载明: not decided yet, or inherited without one.
        Unstated = "unstated",
    }
}

impl Attribute {
    /// Whether something of the item is to be public.
    pub fn discloses(self) -> bool {
        matches!(self, Self::Open | Self::Partial)
    }

    /// Whether something of the item is withheld, so that a round re-evaluates it.
    pub fn withholds(self) -> bool {
        matches!(self, Self::Withheld | Self::Partial)
    }
}

codes! {
    /// State of an item or a round.
    Step {
        /// No events yet.
        None = "none",
        /// 已登记
        Registered = "registered",
        /// 承接
        Inherited = "inherited",
        /// 已提建议
        Proposed = "proposed",
        /// 已审查
        Reviewed = "reviewed",
        /// 已报请
        Referred = "referred",
        /// 已确定
        Determined = "determined",
        /// 已定性
        Decided = "decided",
        /// 已发布
        Published = "published",
        /// 已撤回
        Withdrawn = "withdrawn",
        /// 已失效
        Lapsed = "lapsed",
        /// A round that is going on.
        Opened = "opened",
        /// A round that has ended.
        Closed = "closed",
    }
}

impl Step {
    /// The bit of this state in a set of states.
    pub fn bit(self) -> u16 {
        1 << (self as u16)
    }
}

codes! {
    /// Outcome of a secrecy review.
    ReviewOutcome {
        /// 公开
        Open = "open",
        /// 免于公开
        Exempt = "exempt",
        /// 需报审
        Refer = "refer",
    }
}

codes! {
    /// What a review covered.
    Scope {
        /// 全文
        Whole = "whole",
        /// 删减版
        Redacted = "redacted",
    }
}

codes! {
    /// What a key may sign.
    KeyUse {
        /// Acts.
        Act = "act",
        /// Checkpoints.
        Ledger = "ledger",
        /// Acts that restore an administrator.
        Recovery = "recovery",
    }
}

codes! {
    /// Separation of drafter and reviewer.
    Separation {
        /// Must be different persons.
        Strict = "strict",
        /// May be one person.
        Relaxed = "relaxed",
    }
}

codes! {
    /// What a state-secret stub may hold.
    SecretStub {
        /// Basis and review date.
        Basis = "basis",
        /// Level and period too.
        Full = "full",
    }
}

codes! {
    /// 职责 of a person.
    Role {
        /// 承办
        Clerk = "clerk",
        /// 保密审查
        Reviewer = "reviewer",
        /// 审签
        Approver = "approver",
        /// 发布
        Publisher = "publisher",
        /// 档案
        Archivist = "archivist",
        /// 管理
        Admin = "admin",
        /// 公开工作机构负责人
        Head = "head",
        /// 监督
        Supervisor = "supervisor",
        /// 见证
        Witness = "witness",
    }
}

/// A set of roles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Role>", into = "Vec<Role>")]
pub struct Roles(u16);

impl Roles {
    /// Whether `role` is in the set.
    pub fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// Adds a role.
    pub fn add(&mut self, role: Role) {
        self.0 |= 1 << role as u8;
    }

    /// Whether both sets share a role.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Every role of either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The roles, in the order of their codes' declaration.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied().filter(move |role| self.has(*role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        let mut set = Self::default();
        roles.into_iter().for_each(|role| set.add(role));
        set
    }
}

impl From<Vec<Role>> for Roles {
    fn from(roles: Vec<Role>) -> Self {
        roles.into_iter().collect()
    }
}

impl From<Roles> for Vec<Role> {
    fn from(roles: Roles) -> Self {
        roles.iter().collect()
    }
}

codes! {
    /// A kind of event whose effect this program knows.
    Action {
        /// 建立台账
        LedgerOpened = "ledger.opened",
        /// 终止台账
        LedgerClosed = "ledger.closed",
        /// 更正时钟
        ClockCorrected = "ledger.clock_corrected",
        /// 采用规则集
        RulesAdopted = "rules.adopted",
        /// 采用本机关政策
        RulesPolicy = "rules.policy",
        /// 增加人员
        PersonAdded = "person.added",
        /// 调整职责
        PersonChanged = "person.changed",
        /// 登记密钥
        KeyEnrolled = "key.enrolled",
        /// 吊销密钥
        KeyRevoked = "key.revoked",
        /// 删除正文
        PartErased = "part.erased",
        /// 确认问题
        FindingAcknowledged = "finding.acknowledged",
        /// 登记
        ItemRegistered = "item.registered",
        /// 承接
        ItemInherited = "item.inherited",
        /// 提出公开属性建议
        ItemProposed = "item.proposed",
        /// 保密审查
        ItemReviewed = "item.reviewed",
        /// 报请确定
        ItemReferred = "item.referred",
        /// 有权部门确定
        ItemDetermined = "item.determined",
        /// 定性
        ItemDecided = "item.decided",
        /// 发布
        ItemPublished = "item.published",
        /// 更正
        ItemCorrected = "item.corrected",
        /// 撤回
        ItemWithdrawn = "item.withdrawn",
        /// 评估
        ItemReassessed = "item.reassessed",
        /// 标注失效
        ItemLapsed = "item.lapsed",
        /// 移交进馆
        ItemTransferred = "item.transferred",
        /// 开始年度评估
        RoundOpened = "round.opened",
        /// 结束年度评估
        RoundClosed = "round.closed",
        /// 公开清理结果
        RoundPublished = "round.published",
        /// 采用工作日历
        CalendarAdopted = "rules.calendar",
        /// Any other kind: what it does stands in the data alone.
        ByData = "*",
    }
}
