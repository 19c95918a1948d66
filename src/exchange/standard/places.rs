//! Places of matters in their catalogue: numbers with room between them, so that a row put between others moves nothing.

/// Distance between places that are given anew.
const STEP: u64 = 10;

/// The places of rows in the order of a table. `now` are the places they have, none for a new row; as many of them as possible are
/// kept, the others get new ones. The places given are strictly ascending and at least 1.
pub fn places(now: &[Option<u64>]) -> Vec<u64> {
    let kept = longest_rise(now);
    let mut given = Vec::with_capacity(now.len());
    let mut last = 0;
    for at in 0..now.len() {
        let stays = kept.contains(&at).then(|| now.get(at).copied().flatten()).flatten();
        if let Some(place) = stays.filter(|place| *place > last) {
            last = place;
        } else {
            let next = kept.iter().find(|later| **later > at).and_then(|later| now.get(*later)?.as_ref());
            let waiting = kept.iter().find(|later| **later > at).map_or(0, |later| later - at) as u64;
            // Room for all that come before the next kept one; without it that one has to move too.
            let room = next.map_or(STEP, |next| (next.saturating_sub(last) / (waiting + 1)).clamp(1, STEP));
            last += room;
        }
        given.push(last);
    }
    given
}

/// Positions of a longest strictly ascending choice among the numbers that are there.
fn longest_rise(numbers: &[Option<u64>]) -> Vec<usize> {
    // For each length, the position whose number ends the choice of that length lowest.
    let mut ends: Vec<(u64, usize)> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; numbers.len()];
    for (at, number) in numbers.iter().enumerate() {
        let Some(number) = number.filter(|number| *number > 0) else { continue };
        let length = ends.partition_point(|(end, _)| *end < number);
        if let Some(before) = before.get_mut(at) {
            *before = length.checked_sub(1).and_then(|one| ends.get(one)).map(|(_, at)| *at);
        }
        match ends.get_mut(length) {
            Some(end) => *end = (number, at),
            None => ends.push((number, at)),
        }
    }
    let mut rise = Vec::with_capacity(ends.len());
    let mut at = ends.last().map(|(_, at)| *at);
    while let Some(here) = at {
        rise.push(here);
        at = before.get(here).copied().flatten();
    }
    rise.reverse();
    rise
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_put_between_others_moves_nothing() {
        assert_eq!(places(&[None, None, None]), [10, 20, 30]);
        assert_eq!(places(&[Some(10), None, Some(20), None]), [10, 15, 20, 30]);
        assert_eq!(places(&[Some(10), None, None, Some(13)]), [10, 11, 12, 13]);
    }

    #[test]
    fn a_row_taken_elsewhere_moves_alone() {
        assert_eq!(places(&[Some(40), Some(10), Some(20), Some(30)]), [5, 10, 20, 30]);
        assert_eq!(places(&[Some(20), Some(30), Some(40), Some(10)]), [20, 30, 40, 50]);
    }

    #[test]
    fn where_there_is_no_room_the_next_ones_move() {
        let given = places(&[Some(1), None, Some(2), Some(3)]);
        assert!(given.is_sorted_by(|a, b| a < b), "{given:?}");
        assert_eq!(given[0], 1);
        assert_eq!(places(&[Some(5), Some(5), None, Some(0)]).len(), 4);
    }
}
