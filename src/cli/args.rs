//! The command line as types.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    Ctx, Env, Ui, bundle, calendar, catalog, completions, demo, dossier, import, item, key, ledger, proof,
    reports, round, stamp, todo, watch,
};
use crate::fault::{Lang, Outcome};

/// 昭册：政府信息公开决定台账 · A verifiable register of government disclosure decisions
#[derive(Parser)]
#[command(name = "zhaoce", version)]
pub(super) struct Cli {
    #[command(flatten)]
    pub globals: Globals,
    #[command(subcommand)]
    pub noun: Noun,
}

/// What every verb takes.
#[derive(Args, Default)]
pub struct Globals {
    /// 台账所在文件夹；也可用环境变量 ZHAOCE_LEDGER · Folder of the ledger, or ZHAOCE_LEDGER
    #[arg(long, global = true, value_name = "DIR")]
    pub ledger: Option<PathBuf>,
    /// 以谁的密钥签署（密钥的本机名称） · Sign with this key, by its local name
    #[arg(long = "as", global = true, value_name = "HOLDER")]
    pub signer: Option<String>,
    /// 以 JSON 输出 · Answer in JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// 语言；也可用环境变量 ZHAOCE_LANG · Language, or ZHAOCE_LANG
    #[arg(long, global = true, value_name = "zh|en")]
    pub lang: Option<Language>,
    /// 口令所在文件（第一行）；也可用环境变量 ZHAOCE_PASSPHRASE · File whose first line is the passphrase, or ZHAOCE_PASSPHRASE
    #[arg(long, global = true, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// 确认本机时钟无误（距上一行为超过24小时时需要） · Confirm the clock, needed when more than 24 h have passed since the last act
    #[arg(long, global = true)]
    pub confirm_clock: bool,
}

/// The two languages, as written on the command line.
#[derive(Clone, Copy, ValueEnum)]
pub enum Language {
    /// 中文
    Zh,
    /// English
    En,
}

#[derive(Subcommand)]
#[expect(clippy::large_enum_variant, reason = "made once in a process")]
pub(super) enum Noun {
    #[command(subcommand)]
    Ledger(ledger::Verb),
    #[command(subcommand)]
    Key(key::Verb),
    #[command(subcommand)]
    Item(item::Verb),
    Todo(todo::Todo),
    #[command(subcommand)]
    Import(import::Verb),
    #[command(subcommand)]
    Catalog(catalog::Verb),
    #[command(subcommand)]
    Round(round::Verb),
    /// 时间戳（RFC 3161）：申请、留存、续签、离线核验 · Time stamps over checkpoints and packages
    #[command(subcommand)]
    Stamp(stamp::Verb),
    /// 依申请公开：收到、补正、征求意见、延期、答复、复议诉讼…… · Requests for information
    #[command(subcommand)]
    Request(dossier::Verb<dossier::Request>),
    /// 公开事项标准目录的事项 · Matters of the standard catalogue
    #[command(subcommand)]
    Matter(dossier::Verb<dossier::Matter>),
    /// 政务公开负面清单的条目 · Entries of the negative list
    #[command(subcommand)]
    Exclusion(dossier::Verb<dossier::Exclusion>),
    /// 指南、制度、权力清单、裁量基准等文件 · Documents: guides, rules, lists, standards
    #[command(subcommand)]
    Document(dossier::Verb<dossier::Document>),
    /// 征求公众意见和采纳情况 · Public consultations and what was adopted
    #[command(subcommand)]
    Consultation(dossier::Verb<dossier::Consultation>),
    /// 投诉举报 · Complaints
    #[command(subcommand)]
    Complaint(dossier::Verb<dossier::Complaint>),
    /// 监督检查发现的问题和整改 · Findings of inspections and how they were put right
    #[command(subcommand)]
    Inspection(dossier::Verb<dossier::Inspection>),
    /// 内设机构和下属单位 · Units of the office
    #[command(subcommand)]
    Unit(dossier::Verb<dossier::Unit>),
    /// 年报采用的外部数字和期初数 · Figures from elsewhere and opening balances
    #[command(subcommand)]
    Figure(dossier::Verb<dossier::Figure>),
    /// 在台账之外办理的事项：证据和结果 · What is done outside: evidence and outcomes
    #[command(subcommand)]
    Outside(dossier::Verb<dossier::Outside>),
    #[command(subcommand)]
    Calendar(calendar::Verb),
    Watch(watch::Watch),
    #[command(subcommand)]
    Report(reports::Verb),
    #[command(subcommand)]
    Proof(proof::Verb),
    #[command(subcommand)]
    Bundle(bundle::Verb),
    Demo(demo::Demo),
    Completions(completions::Completions),
}

impl Noun {
    pub(super) fn run(self, ui: &mut Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self {
            Self::Ledger(verb) => verb.run(ui, ctx),
            Self::Key(verb) => verb.run(ui, ctx),
            Self::Item(verb) => verb.run(ui, ctx),
            Self::Todo(verb) => verb.run(ui, ctx),
            Self::Import(verb) => verb.run(ui, ctx),
            Self::Catalog(verb) => verb.run(ui, ctx),
            Self::Round(verb) => verb.run(ui, ctx),
            Self::Stamp(verb) => verb.run(ui, ctx),
            Self::Request(verb) => verb.run(ui, ctx),
            Self::Matter(verb) => verb.run(ui, ctx),
            Self::Exclusion(verb) => verb.run(ui, ctx),
            Self::Document(verb) => verb.run(ui, ctx),
            Self::Consultation(verb) => verb.run(ui, ctx),
            Self::Complaint(verb) => verb.run(ui, ctx),
            Self::Inspection(verb) => verb.run(ui, ctx),
            Self::Unit(verb) => verb.run(ui, ctx),
            Self::Figure(verb) => verb.run(ui, ctx),
            Self::Outside(verb) => verb.run(ui, ctx),
            Self::Calendar(verb) => verb.run(ui, ctx),
            Self::Watch(verb) => verb.run(ui, ctx),
            Self::Report(verb) => verb.run(ui, ctx),
            Self::Proof(verb) => verb.run(ui, ctx),
            Self::Bundle(verb) => verb.run(ui, ctx),
            Self::Demo(verb) => verb.run(ui, ctx),
            Self::Completions(verb) => verb.run(ui),
        }
    }
}

/// Language and form of the answer, read before anything else so that an error in the arguments has them too.
pub(super) fn ahead(args: &[OsString], env: &Env) -> (Lang, bool) {
    let mut lang = env.lang.clone();
    let mut json = false;
    let words: Vec<&str> = args.iter().map_while(|arg| arg.to_str().filter(|arg| *arg != "--")).collect();
    for (at, word) in words.iter().enumerate() {
        match *word {
            "--json" => json = true,
            "--lang" => lang = words.get(at + 1).map(|word| (*word).to_owned()).or(lang),
            word => lang = word.strip_prefix("--lang=").map(str::to_owned).or(lang),
        }
    }
    let english = lang.is_some_and(|lang| lang.to_lowercase().starts_with("en"));
    (if english { Lang::En } else { Lang::Zh }, json)
}
