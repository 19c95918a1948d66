//! The disks that may be found after a crash.

use std::collections::BTreeSet;

use super::{FakeDisk, Inode, State};

/// Answers to the questions a crash leaves open, each with a number of possible answers.
trait Fate {
    /// One of `0..options`; 0 is "nothing landed", 1 "it landed".
    fn draw(&mut self, options: u64) -> u64;
}

/// Asks how many answers there are in all.
struct Count(u64);

/// Answers with the digits of one number.
struct Digits(u64);

/// Answers at random, from a fixed seed.
struct Random(u64);

impl Fate for Count {
    fn draw(&mut self, options: u64) -> u64 {
        self.0 = self.0.saturating_mul(options);
        0
    }
}

impl Fate for Digits {
    fn draw(&mut self, options: u64) -> u64 {
        let digit = self.0 % options;
        self.0 /= options;
        digit
    }
}

impl Fate for Random {
    fn draw(&mut self, options: u64) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mixed(self.0) % options
    }
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The output step of splitmix64: a well-spread number for each input.
pub(crate) fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl State {
    pub(super) fn settle_dir(&mut self, dir: usize) {
        self.pending.settle(dir, &mut self.durable);
    }

    fn image(&self, fate: &mut dyn Fate) -> FakeDisk {
        let names = self.pending.after_crash(&self.durable, || fate.draw(2) == 1);
        let mut inodes = vec![Inode::default(); self.inodes.len()];
        for (_, id) in names.files() {
            if let (Some(old), Some(new)) = (self.inodes.get(id), inodes.get_mut(id)) {
                let content = old.after_crash(self.page, fate);
                *new = Inode { live: content.clone(), durable: content, dirty: BTreeSet::new() };
            }
        }
        let image =
            State { page: self.page, inodes, live: names.clone(), durable: names, ..State::default() };
        FakeDisk(std::sync::Arc::new(std::sync::Mutex::new(image)))
    }
}

impl Inode {
    fn after_crash(&self, page: usize, fate: &mut dyn Fate) -> Vec<u8> {
        let (old, new) = (self.durable.len(), self.live.len());
        let len = match (old == new, if old == new { 0 } else { fate.draw(3) }) {
            (true, _) | (_, 0) => old,
            (_, 1) => new,
            _ => old.midpoint(new),
        };
        let mut content = self.durable.clone();
        content.resize(old.max(new), 0);
        for nth in &self.dirty {
            let range = nth * page..((nth + 1) * page).min(new);
            let beyond = range.end > old;
            // A block that was allocated but not written shows zeros, or what some other file once held there.
            let landed = fate.draw(if beyond { 3 } else { 2 });
            let Some(room) = content.get_mut(range.clone()) else { continue };
            match landed {
                1 => room.copy_from_slice(self.live.get(range).unwrap_or_default()),
                2 => room.iter_mut().enumerate().skip(old.saturating_sub(range.start)).for_each(
                    |(at, byte)| {
                        *byte = mixed((at + nth * page) as u64 + 1) as u8;
                    },
                ),
                _ => {}
            }
        }
        content.resize(len, 0);
        content
    }
}

impl FakeDisk {
    /// Disks that may be found if the machine stops now: all of them when there are at most `limit`, otherwise
    /// nothing landed, everything landed, and a random choice from `seed`.
    pub fn images(&self, limit: u64, seed: u64) -> Vec<Self> {
        let state = self.state();
        let mut count = Count(1);
        state.image(&mut count);
        if count.0 <= limit {
            return (0..count.0).map(|number| state.image(&mut Digits(number))).collect();
        }
        let mut images = vec![state.image(&mut Digits(0)), state.image(&mut Ones)];
        while (images.len() as u64) < limit {
            images.push(state.image(&mut Random(mixed(seed ^ mixed(images.len() as u64)))));
        }
        images
    }
}

/// Answers that everything landed.
struct Ones;

impl Fate for Ones {
    fn draw(&mut self, _options: u64) -> u64 {
        1
    }
}
