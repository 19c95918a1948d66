//! The items, after DA/T 70 as far as it is public, and what each rests on.

use super::Property;
use crate::bundle::package::check::Step;

/// How an item is judged.
#[derive(Debug, Clone, Copy)]
pub enum By {
    /// By steps of the check: it fails by findings of these families of codes.
    Machine {
        /// Steps without which it was not run.
        needs: &'static [Step],
        /// Codes, or their beginnings where they end in `.` or `_`.
        fails: &'static [&'static str],
    },
    /// By a person.
    Person,
    /// Not at all, here.
    NotRun,
}

/// An item.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// Its number behind the stage, such as `1-14`.
    pub number: Option<&'static str>,
    /// Of which property.
    pub property: Property,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// How it is judged.
    pub by: By,
    /// How it is judged, or what a person has to do; Chinese.
    pub how_zh: &'static str,
    /// The same, English.
    pub how_en: &'static str,
}

/// Items that this program never runs: they are no reason to hold a package back.
pub(super) fn stays_undone(zh: &str) -> bool {
    ITEMS.iter().any(|item| item.zh == zh && matches!(item.by, By::NotRun))
}

const fn machine(
    number: Option<&'static str>,
    property: Property,
    (zh, en): (&'static str, &'static str),
    needs: &'static [Step],
    fails: &'static [&'static str],
    (how_zh, how_en): (&'static str, &'static str),
) -> Item {
    Item { number, property, zh, en, by: By::Machine { needs, fails }, how_zh, how_en }
}

const fn other(
    number: Option<&'static str>,
    property: Property,
    (zh, en): (&'static str, &'static str),
    by: By,
    (how_zh, how_en): (&'static str, &'static str),
) -> Item {
    Item { number, property, zh, en, by, how_zh, how_en }
}

use Property::{Authenticity, Chain, Integrity, Safety, Usability};
use Step::{Bag, Derived, Events, Handover, Rules, Signatures};

/// Codes of the stored format: bytes, chain, tree, seals.
const FORMAT: &[&str] = &[
    "line.",
    "file.",
    "event.",
    "seq.",
    "chain.",
    "genesis.",
    "last.",
    "keys.",
    "time.",
    "act.",
    "seal.",
    "synced.",
    "log.",
    "checkpoint.",
    "receipt.",
];
const MANIFESTS: &[&str] = &[
    "package.digest",
    "package.digest_",
    "package.manifest_",
    "package.bag_",
    "package.file_unchecked",
    "package.nothing_checked",
    "package.info_",
    "package.tree_changed",
];
const DIFFERS: &[&str] = &[
    "package.derived_differs",
    "package.no_memory",
    "package.no_records",
    "package.earlier_",
    "package.page",
    "bundle.derive",
];
const CONTENT: &[&str] =
    &["package.content_", "package.missing_file", "package.manifest_absent", "package.bag_missing"];

/// Every item, in the order of the report.
pub const ITEMS: &[Item] = &[
    machine(
        Some("1-1"),
        Authenticity,
        ("固化信息有效性", "fixing information is valid"),
        &[Bag, Events, Signatures],
        &["seal.", "checkpoint.", "signer.", "genesis.", "package.signature", "receipt."],
        (
            "重算全部摘要、树根；核验每一行为的签名、检查点、标签清单与登记表的签名，签名者的密钥当时有效。时间戳另见 stamp check。",
            "Digests and tree computed anew; every seal, the checkpoint and the signatures of tag manifest and register verified under keys in force then.",
        ),
    ),
    machine(
        Some("1-2"),
        Authenticity,
        ("元数据项数据长度检测", "length of metadata"),
        &[Rules, Derived],
        &["package.catalogue_field", "package.xml_size", "package.xml_depth", "package.explanation_size"],
        (
            "逐项核对目录著录项与元数据文件的长度限度。",
            "Fields of the catalogue and metadata files held against their limits.",
        ),
    ),
    machine(
        Some("1-3"),
        Authenticity,
        ("元数据项数据类型、格式检测", "types and forms of metadata"),
        &[Rules, Events],
        &[
            "schema.",
            "package.xml_form",
            "package.catalogue_form",
            "package.catalogue_field",
            "package.handover",
            "line.shape",
            "line.canonical",
        ],
        (
            "要素按规则集核验类型；元数据与目录的 XML 可按所附模式核验。",
            "Facts are of the types of the rule book; XML of the forms of the schemas shipped.",
        ),
    ),
    machine(
        Some("1-4"),
        Authenticity,
        ("元数据项数据值域检测", "ranges of metadata"),
        &[Events],
        &["schema.", "package.retention"],
        (
            "代码、日期、数字按规则集的值域核验。",
            "Codes, dates and numbers are within the vocabularies and bounds of the rule book.",
        ),
    ),
    machine(
        Some("1-5"),
        Authenticity,
        ("元数据项数据值合理性检测", "plausibility of metadata"),
        &[Events],
        &["date.", "time.", "clock.", "order."],
        ("日期先后、办理顺序按规则集核验。", "The order of dates and of steps is judged by the rule book."),
    ),
    machine(
        Some("1-6"),
        Authenticity,
        ("元数据项数据包含特殊字符检测", "special characters"),
        &[Bag, Rules],
        &[
            "package.path_",
            "package.xml_entity",
            "package.xml_doctype",
            "package.xml_processing",
            "package.number_form",
        ],
        (
            "文件名、XML 中不得有控制字符、改变文字方向的字符、外部实体。",
            "No control or bidi characters in names; no entities or document types in XML.",
        ),
    ),
    machine(
        Some("1-7"),
        Authenticity,
        ("档号规范性检测", "archival numbers are regular"),
        &[Rules, Derived],
        &["package.number_", "package.metadata_number", "series.", "file.again", "file.number"],
        (
            "档号由台账事件编定，按全宗的规则重新写出并比较。",
            "Numbers are given by events and written anew by the template of the fonds.",
        ),
    ),
    machine(
        Some("1-8"),
        Authenticity,
        ("元数据项数据重复性检测", "no repetition"),
        &[Rules],
        &[
            "package.number_repeated",
            "package.number_twice",
            "package.folder_twice",
            "package.catalogue_twice",
        ],
        ("档号不得重复，一件一目录一文件夹。", "No number, entry or folder stands twice."),
    ),
    machine(
        Some("1-10"),
        Authenticity,
        ("内容数据的电子属性一致性检测", "electronic attributes of content"),
        &[Bag, Rules, Derived],
        &["package.content_size", "package.content_digest", "package.content_unnamed", "package.digest"],
        (
            "文件名、大小、摘要与元数据逐一比较；内容文件的摘要须为台账事件所载。",
            "Names, sizes and digests compared with metadata; a content file's digest stands in an event.",
        ),
    ),
    machine(
        Some("1-11"),
        Authenticity,
        ("元数据与内容关联真实性检测", "metadata leads to content"),
        &[Rules],
        &[
            "package.folder_missing",
            "package.folder_unlisted",
            "package.content_absent",
            "package.metadata_missing",
        ],
        (
            "目录、文件夹、元数据、内容文件逐件对应。",
            "Entries, folders, metadata and content files correspond one to one.",
        ),
    ),
    machine(
        Some("1-12"),
        Authenticity,
        ("说明文件和目录文件规范性检测", "explanation and catalogue are regular"),
        &[Rules],
        &["package.explanation_", "package.catalogue_", "package.encoding"],
        (
            "必有的项目齐全，序号连续，起止档号属实，编码为 UTF-8 或 GB18030。",
            "Required items, running numbers, true first and last number, encoding.",
        ),
    ),
    machine(
        Some("1-13"),
        Authenticity,
        ("信息包目录结构规范性检测", "structure of the package"),
        &[Bag, Rules],
        &[
            "package.loose_file",
            "package.folder_",
            "package.profile_",
            "package.path_",
            "package.empty",
            "package.tree_entry",
        ],
        (
            "根目录无散落文件，一件一文件夹，袋符合所声明的规格。",
            "No loose files, one folder a record, the bag keeps its profile.",
        ),
    ),
    machine(
        Some("1-14"),
        Authenticity,
        ("信息包一致性检测", "the package is what was sent"),
        &[Bag, Signatures],
        MANIFESTS,
        (
            "SHA-512、SM3、BLAKE3 三份清单全部核对；标签清单经移交单位签名。",
            "All three manifests checked; the tag manifest is signed by the office.",
        ),
    ),
    machine(
        Some("2-1"),
        Integrity,
        ("总件数相符性检测", "number of records"),
        &[Rules, Derived],
        &["package.explanation_count", "package.catalogue_empty", "package.no_records"],
        (
            "说明文件、目录、文件夹的件数一致，并与登记表一致。",
            "Explanation, catalogue, folders and register agree.",
        ),
    ),
    machine(
        Some("2-2"),
        Integrity,
        ("总字节数相符性检测", "number of bytes"),
        &[Bag, Derived],
        &["package.bag_oxum", "package.info_oxum", "package.derived_differs"],
        (
            "Payload-Oxum 与实算相符；登记表的数据量重算相符。",
            "Payload-Oxum and the register's amount are what is there.",
        ),
    ),
    machine(
        Some("2-3"),
        Integrity,
        ("元数据完整性检测", "metadata is complete"),
        &[Derived],
        &[
            "package.missing_file",
            "package.metadata_missing",
            "package.derived_differs",
            "package.no_memory",
            "package.earlier_",
            "package.page",
            "bundle.derive",
        ],
        (
            "每件的元数据由事件重新派生，逐字节比较。",
            "Each record's metadata is derived from events anew and compared byte for byte.",
        ),
    ),
    machine(
        Some("2-4"),
        Integrity,
        ("元数据必填著录项检测", "required entries"),
        &[Rules, Events],
        &["package.catalogue_field", "part.member_missing", "schema.fact_missing", "schema.part_missing"],
        (
            "必填项按规则集与目录规则核验。",
            "Required members by the rule book and the rules of the catalogue.",
        ),
    ),
    machine(
        Some("2-5"),
        Integrity,
        ("过程信息完整性检测", "the record of the process is complete"),
        &[Events],
        &["seq.", "chain.", "last.", "act.", "line.", "log.", "file.start", "event."],
        (
            "事件序号连续、哈希链不断、每件的前后事件相扣：过程记录没有缺口，少一条、改一字均会发现。",
            "Numbers without a gap, an unbroken hash chain, each record's events linked: nothing is missing from the process.",
        ),
    ),
    machine(
        Some("2-6"),
        Integrity,
        ("连续性元数据项检测", "running numbers"),
        &[Rules, Events],
        &["package.serial_gap", "series.gap", "file.number", "package.catalogue_order"],
        ("件号自 1 起不跳号：由台账事件逐号证明。", "Numbers from 1 without a gap, each proved by an event."),
    ),
    machine(
        Some("2-7"),
        Integrity,
        ("内容数据完整性检测", "content is complete"),
        &[Bag, Rules, Derived],
        CONTENT,
        ("每件至少一份内容文件，所列文件齐全。", "Each record has content, and every file listed is there."),
    ),
    machine(
        Some("2-8"),
        Integrity,
        ("附件数据完整性检测", "attachments are complete"),
        &[Bag, Rules],
        &["package.content_absent", "package.content_size", "package.content_digest"],
        ("元数据所列附件逐一比较。", "Each attachment that metadata lists is compared."),
    ),
    other(
        Some("2-9"),
        Integrity,
        ("归档范围检测", "scope of filing"),
        By::Person,
        (
            "对照移交单位的归档范围和保管期限表，由人判断应归尽归。",
            "Compare with the office's schedule of what is filed.",
        ),
    ),
    machine(
        Some("2-10"),
        Integrity,
        ("信息包元数据完整性检测", "metadata of the package"),
        &[Bag, Handover, Derived],
        &[
            "package.handover",
            "package.handover_differs",
            "package.profile_label",
            "package.profile_missing",
            "package.missing_file",
        ],
        (
            "移交信息、登记表、袋的信息齐全，并与事件一致。",
            "Hand-over, register and bag information are there and fit the events.",
        ),
    ),
    machine(
        Some("2-11"),
        Integrity,
        ("信息包内容数据完整性检测", "content of the package"),
        &[Bag, Events],
        &["package.manifest_", "package.digest", "bundle.", "part.", "erasure."],
        (
            "事件正文的摘要逐一核验；缺少的正文必有依法删除的事件。",
            "Digests of all parts; a part may be missing only where an erasure names it.",
        ),
    ),
    machine(
        Some("3-1"),
        Usability,
        ("信息包中元数据的可读性检测", "metadata is readable"),
        &[Rules],
        &["package.xml_", "package.encoding", "package.catalogue_form"],
        ("全部元数据文件已解析。", "Every metadata file was parsed."),
    ),
    other(
        Some("3-2"),
        Usability,
        ("目标数据库中的元数据可访问性检测", "metadata in the target database"),
        By::Person,
        (
            "入库后由人查看：archive show、archive catalog。",
            "Look at it after ingest: archive show, archive catalog.",
        ),
    ),
    other(
        Some("3-3"),
        Usability,
        ("内容数据格式检测", "formats of content"),
        By::Person,
        (
            "办理记录为 HTML，事件为 JSON Lines；单位另附的内容文件格式见目录，由人对照 GB/T 18894、GB/T 33190。",
            "Records are HTML, events JSON Lines; compare the formats of other content with GB/T 18894 and GB/T 33190.",
        ),
    ),
    other(
        None,
        Usability,
        ("内容数据的可读性检测", "content is readable"),
        By::Person,
        ("由人打开抽查。", "Open some and look."),
    ),
    other(
        None,
        Usability,
        ("软硬件环境检测", "software and hardware"),
        By::Person,
        ("见说明文件；任何文本工具可读。", "See the explanation; any text tool reads it."),
    ),
    machine(
        Some("3-8"),
        Usability,
        ("信息包中包含的内容数据格式合规性检测", "no private compression, no encryption"),
        &[Bag],
        &["package.zip_", "package.tar_", "package.form_unknown", "package.limit_", "bundle.zst_"],
        (
            "包未加密，只用公开的压缩格式（ZIP 存储或 deflate、zstd），已完整展开。",
            "Not encrypted, public compression only, unpacked to the end.",
        ),
    ),
    other(
        Some("4-1"),
        Safety,
        ("系统环境中是否安装杀毒软件", "anti-virus software"),
        By::Person,
        ("由人确认。", "A person confirms."),
    ),
    other(
        Some("4-2"),
        Safety,
        ("病毒感染检测", "viruses"),
        By::NotRun,
        ("本程序不查病毒，请用杀毒软件检测入库目录。", "Not looked for; scan the intake folder."),
    ),
    machine(
        Some("4-3"),
        Safety,
        ("载体中多余文件检测", "no superfluous files"),
        &[Bag, Derived],
        &[
            "package.unknown_file",
            "package.profile_unexpected",
            "package.manifest_unlisted",
            "package.bag_payload",
            "package.bag_fetch",
            "package.folder_unlisted",
            "package.loose_file",
        ],
        ("没有清单、事件之外的文件。", "No file beyond the manifests and what events give."),
    ),
    other(
        None,
        Safety,
        ("载体读取速度、外观、光盘合格性检测", "carrier: speed, looks, quality"),
        By::NotRun,
        ("在线移交不适用；离线载体由人检测。", "Not for online hand-over; of a carrier, by a person."),
    ),
    other(
        Some("4-7"),
        Safety,
        ("操作过程安全性检测", "safety of operation"),
        By::Person,
        (
            "由人确认移交接收过程可控；接收、退回、利用均记入本馆台账。",
            "A person confirms; acceptance, rejection and access stand on the archive's ledger.",
        ),
    ),
    machine(
        None,
        Chain,
        ("台账逐字节未改", "the log is what was signed"),
        &[Events],
        FORMAT,
        (
            "每一字节都在某一行为的签名之下；改、删、插、换序任一字节均会发现。普通信息包只能证明移交时的样子。",
            "Every byte is under the seal of an act; an ordinary package proves only what it was when handed over.",
        ),
    ),
    machine(
        None,
        Chain,
        ("当时的授权", "who was authorised then"),
        &[Events],
        &["signer.", "key.", "person.", "role.", "admin.", "transcribe.", "mode."],
        (
            "谁在何时持有什么职责和密钥，由事件逐一证明；每一决定由当时有权的人作出。",
            "Who held which role and key when is proved by events; each decision was made by one who might.",
        ),
    ),
    machine(
        None,
        Chain,
        ("决定的合法性", "the decisions are lawful"),
        &[Events],
        &[
            "correct.",
            "decide.",
            "deposit.",
            "edition.",
            "erase.",
            "exclusion.",
            "figure.",
            "file.",
            "fork.",
            "ground.",
            "inherit.",
            "inspect.",
            "inspection.",
            "interpret.",
            "irregular.",
            "item.",
            "law.",
            "ledger.",
            "mark.",
            "matter.",
            "notice.",
            "order.",
            "propose.",
            "publish.",
            "reassess.",
            "redaction.",
            "refer.",
            "register.",
            "request.",
            "review.",
            "round.",
            "secret.",
            "stamp.",
            "transfer.",
            "withdraw.",
            "ack.",
            "advance.",
            "holding.",
            "office.",
            "document.",
            "consultation.",
            "complaint.",
            "unit.",
            "outside.",
            "answer.",
            "reply.",
            "consult.",
            "extend.",
            "fee.",
            "remedy.",
            "catalog.",
        ],
        (
            "逐件按当时有效的规则集核验：未经保密审查不得公开、程序、期限、依据；申报的不合规另行列出。",
            "Each event judged by the rule book in force then: review before release, procedure, clocks, grounds.",
        ),
    ),
    machine(
        None,
        Chain,
        ("目录与不予公开清单可由事件重算", "lists follow from events"),
        &[Events],
        &["bundle."],
        (
            "公开目录、不予公开清单、人员与密钥沿革由事件重新得出，逐字节相符。",
            "The catalogue, the withheld list, people and keys derived anew, byte for byte.",
        ),
    ),
    machine(
        None,
        Chain,
        ("派生文件可由事件重算", "derived files follow from events"),
        &[Derived],
        DIFFERS,
        (
            "元数据、目录、登记表、公开与密级变更情况逐字节重算相符。",
            "Metadata, catalogue, register and history derived anew, byte for byte.",
        ),
    ),
    machine(
        None,
        Chain,
        ("与前一批衔接", "it goes on from the batch before"),
        &[Events],
        &["archive.", "package.previous", "law.not_checked", "bundle.start", "bundle.consistency"],
        (
            "自前一批止处起，树的一致性证明成立。",
            "It begins where the batch before ended; the consistency proof holds.",
        ),
    ),
];
