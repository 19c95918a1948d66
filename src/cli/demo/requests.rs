//! The scene of the requests: their clocks, a refusal that explains itself, the deadline board.

use super::scenes::{path, write};
use super::stage::Stage;
use crate::fault::{Fault, Outcome};

const REQUESTS: &str = "申请人类别,申请内容,收到日期的认定,内容,姓名或名称,单位
自然人,获取政府信息,当面提交：提交之日,某道路改造工程的审批文件,申请人甲,业务股
商业企业,获取政府信息,互联网渠道或传真：双方确认之日,某企业的检测报告,申请人乙,业务股
自然人,获取政府信息,邮政企业的邮寄：签收之日,全县教师花名册,申请人丙,业务股
";

pub fn requests(stage: &Stage<'_>) -> Outcome<()> {
    stage.scene(
        "2026-02-02T09:00:00+08:00",
        "依申请公开：期限自动推算，每一天都说得清",
        "Requests: deadlines are counted, and every day of them can be told",
    )?;
    stage.run(&["--as", "王芳", "unit", "add", "--name", "业务股"])?;
    let file = path(stage, "in/申请.csv");
    write(&file, REQUESTS.as_bytes())?;
    stage.run(&["--as", "王芳", "request", "receive", "--from", &file])?;
    stage.run(&["calendar", "count", "--after", "2026-02-02", "--days", "20"])?;
    stage.run(&["request", "list"])?;
    let list = stage.ask(&["request", "list"])?;
    let id = |nth: usize| {
        let id = list.get(nth).and_then(|row| row["id"].as_str()).map(str::to_owned);
        id.ok_or_else(|| Fault::machine("demo.astray").with("found", "request"))
    };
    let (road, firm, names) = (id(0)?, id(1)?, id(2)?);
    stage.say("涉及第三方的，先征求意见，期限暂停：", "A third party is asked first; the clock stands:")?;
    stage.run(&[
        "--as",
        "王芳",
        "request",
        "consult",
        &firm,
        "--party",
        "第三方",
        "--addressee",
        "某企业",
    ])?;
    stage.run(&["--as", "赵敏", "request", "answer", &road, "--leaf", "予以公开", "--reply", "provided"])?;
    stage.say(
        "不予公开而没有告知先申请行政复议，程序拒绝：",
        "A reply that withholds and does not name reconsideration is refused:",
    )?;
    let answer = [
        "--as",
        "赵敏",
        "request",
        "answer",
        &names,
        "--leaf",
        "d_third_party",
        "--reply",
        "withheld",
        "--reason",
        "个人隐私",
    ];
    stage.expect(1, &answer)?;
    let told: Vec<&str> = answer.into_iter().chain(["--remedy-notice", "是"]).collect();
    stage.run(&told)?;
    stage.say("电子监察：什么到期，什么逾期：", "The deadline board: what is due, what is late:")?;
    stage.run(&["watch"])?;
    stage.run(&["watch", "-o", &path(stage, "out/电子监察.html")]).map(|_| ())
}
