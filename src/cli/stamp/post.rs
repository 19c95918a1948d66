//! `stamp fetch`.

use clap::Args;

use super::ask::made;
use super::keep::Keeping;
use crate::cli::{Ctx, Ui};
use crate::exchange::stamp::STAMP_MAX;
use crate::fault::{Fault, Outcome};

/// 向时间戳机构取得时间戳并留存 · Get a time stamp from an authority over the network, and keep it
///
/// 只用 HTTP：令牌自有签名，传输不加密不影响其效力。须用 HTTPS 的，用 stamp request 与 stamp keep。
/// Plain HTTP only: a token carries its own signature. Where HTTPS is needed, use stamp request and stamp keep.
#[derive(Args)]
pub struct Fetch {
    /// 时间戳机构的网址；也可用环境变量 ZHAOCE_TSA · Address of the authority, or ZHAOCE_TSA
    #[arg(long, value_name = "URL", env = "ZHAOCE_TSA")]
    url: String,
    #[command(flatten)]
    keeping: Keeping,
}

impl Fetch {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let request = made(ctx, &self.keeping.about)?;
        let reply = post(&self.url, &request)?;
        self.keeping.run(ui, ctx, &reply, Some(&request))
    }
}

/// Longest time an authority has to answer.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

fn post(url: &str, request: &[u8]) -> Outcome<Vec<u8>> {
    let failed =
        |error: ureq::Error| Fault::machine("stamp.no_answer").with("path", url).with("found", error);
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
    let mut answer =
        agent.post(url).content_type("application/timestamp-query").send(request).map_err(failed)?;
    answer.body_mut().with_config().limit(STAMP_MAX as u64).read_to_vec().map_err(failed)
}
