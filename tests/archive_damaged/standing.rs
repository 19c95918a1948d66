//! What the archive holds against what is handed over.

use crate::chain::shorter;
use crate::make::Bag;
use crate::world::{Held, World};
use crate::{Arrival, Kind, folder};

const fn held(held: Held, code: &'static str, why: &'static str, make: fn(&World) -> Arrival) -> Kind {
    Kind { why, held, code, make }
}

#[rustfmt::skip]
pub const KINDS: &[Kind] = &[
    held(Held::First, "archive.gap", "batch 3 comes without batch 2", |w| folder(w.batch(3))),
    held(Held::None, "archive.gap", "batch 2 comes without batch 1", |w| folder(w.batch(2))),
    held(Held::First, "archive.other_bytes", "the same batch with an altered record", |w| {
        folder(w.batch(1).replace("data/目录文件.XML", "关于甲的通知", "关于别的通知").sealed())
    }),
    held(Held::First, "archive.other_bytes", "the same batch with one file more", |w| folder(w.batch(1).put("data/其他/多余.txt", "x").sealed())),
    held(Held::First, "archive.other_bytes", "the same batch with another bag-info.txt", |w| {
        folder(w.batch(1).replace("bag-info.txt", "Source-Organization: 示", "Source-Organization: 例").tagged())
    }),
    held(Held::Second, "archive.other_bytes", "a shorter log of the office under the same name", |w| folder(short(w))),
    held(Held::First, "archive.overlap", "a held batch under another fonds", |w| folder(w.batch(1).told(|h| h.fonds = "Z110".into()))),
    held(Held::First, "archive.name_taken", "another office's batch has the name of a held one", |w| folder(w.other[0].clone())),
    held(Held::None, "archive.unknown_office", "an office that nobody enrolled", |w| folder(w.unknown.clone())),
    held(Held::None, "package.handover_differs", "another office's package under this office's name", |w| {
        folder(w.other[1].clone().told(|h| h.origin = crate::world::ORIGIN.parse().unwrap()))
    }),
    held(Held::None, "package.handover_differs", "another office's package under this office's name and genesis", |w| {
        let ours = w.batch(1).handover();
        folder(w.other[1].clone().told(|h| { h.origin = ours.origin; h.genesis = ours.genesis; }))
    }),
    held(Held::First, "archive.forked", "a first batch of another history of the office, rightly signed", |w| folder(w.forked[1].clone())),
    held(Held::Second, "archive.forked", "a second batch of another history of the office, rightly signed", |w| folder(w.forked[0].clone())),
];

/// The second batch without its last act.
pub fn short(world: &World) -> Bag {
    let bag = world.batch(2);
    bag.remade(world, shorter(&bag), &[&world.batch(1)])
}
