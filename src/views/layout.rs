//! Keys of the projections: one byte that names the section, then numbers in big-endian order.
//!
//! | section | key | value |
//! |---|---|---|
//! | `m` | – | the [`Mark`](super::mark::Mark) |
//! | `o` | name | office part of the law, rounds, names of people |
//! | `s` | subject, 0, chunk | numbers of the events of everything that is no item |
//! | `p` | block | where 256 events stand in the log |
//! | `t` | height, index | hashes of 64 complete subtrees |
//! | `g` | group | rows of 16 items, packed |
//! | `r` | item | a row changed since its group was packed |
//! | `e` | item, chunk | older steps of an item with very many |
//! | `f` | facet, block | which of 4,096 items have a facet |
//! | `h` | run, entry | look-up hints |
//! | `d` | subject | a dossier |
//! | `z` | key, part | pieces of a value too large to stand in one record |

/// Sections whose records are summed, in the order of the sums in the mark.
pub const SECTIONS: [u8; 11] = *b"ospgretfhdz";

/// Number of sections.
pub const SECTION_COUNT: usize = SECTIONS.len();

/// Key of the mark.
pub const MARK: &[u8] = b"m";

/// Which section a key is in.
pub fn section_of(key: &[u8]) -> Option<usize> {
    let first = key.first()?;
    SECTIONS.iter().position(|section| section == first)
}

/// First key of a section and the first key after it.
pub fn section_range(section: usize) -> (Vec<u8>, Vec<u8>) {
    let first = SECTIONS.get(section).copied().unwrap_or(u8::MAX);
    (vec![first], vec![first.saturating_add(1)])
}

/// A key from its section and numbers.
pub fn key<const N: usize>(section: u8, numbers: [&[u8]; N]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + numbers.iter().map(|n| n.len()).sum::<usize>());
    key.push(section);
    numbers.iter().for_each(|number| key.extend_from_slice(number));
    key
}

/// The key right after every key that begins with `prefix`.
pub fn after_prefix(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            break;
        }
    }
    end
}

/// The big-endian `u32` that ends a key.
pub fn last_u32(key: &[u8]) -> Option<u32> {
    key.last_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

/// Appends an unsigned LEB128 number.
pub fn put_varint(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push((number as u8 & 0x7f) | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

/// Takes an unsigned LEB128 number off the front.
pub fn take_varint(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_come_back() {
        for number in [0, 1, 127, 128, 300, 1 << 32, u64::MAX] {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, number);
            let mut rest = &bytes[..];
            assert_eq!((take_varint(&mut rest), rest.len()), (Some(number), 0));
        }
        assert_eq!(take_varint(&mut &[0x80u8, 0x80][..]), None);
    }

    #[test]
    fn the_key_after_a_prefix_is_behind_all_that_begin_with_it() {
        assert_eq!(after_prefix(b"ab"), b"ac");
        assert_eq!(after_prefix(&[1, 255, 255]), [2]);
    }
}
