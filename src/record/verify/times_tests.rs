use super::*;

/// Two events at 100, two at 1000, one at 2000.
fn times() -> Times {
    let mut times = Times::default();
    for (seq, time) in [(0, 100), (1, 100), (2, 1000), (3, 1000), (4, 2000)] {
        times.note(seq, time);
    }
    times
}

#[test]
fn there_is_one_entry_for_each_stretch_of_one_time() {
    let times = times();
    assert_eq!(times.stretches, [(0, 100), (2, 1000), (4, 2000)]);
    assert_eq!([0, 1, 2, 3, 4, 9].map(|seq| times.at(seq)), [100, 100, 1000, 1000, 2000, 2000].map(Some));
    assert_eq!(times.earliest_from(3), Some(1000));
    assert_eq!(Times::default().earliest_from(0), None);
}

#[test]
fn a_receipt_is_held_against_the_events_on_both_sides_of_its_size() {
    let times = times();
    assert_eq!(times.against(2, 1000), None);
    assert_eq!(times.against(2, 1000 + GRACE_SECONDS), None);
    assert_eq!(times.against(2, 1001 + GRACE_SECONDS), Some(("receipt.backdated", 1000)));
    assert_eq!(times.against(4, 1000 - GRACE_SECONDS), None);
    assert_eq!(times.against(4, 999 - GRACE_SECONDS), Some(("receipt.postdated", 1000)));
    assert_eq!(times.against(0, i64::MIN), None);
    let wild = times.against(2, i64::MAX);
    assert_eq!(wild, Some(("receipt.backdated", 1000)));
}

#[test]
fn the_earliest_of_all_later_events_counts() {
    let mut times = times();
    times.note(5, 50);
    times.note(6, 3000);
    assert_eq!(times.against(3, 1000), Some(("receipt.backdated", 50)));
}

#[test]
fn the_newest_receipt_is_the_floor_and_a_saved_state_keeps_it() {
    let mut times = times();
    assert_eq!(times.breaks_floor(i64::MIN), None);
    times.raise_floor(5000);
    times.raise_floor(4000);
    let saved = serde_json::to_string(&times).unwrap();
    let times: Times = serde_json::from_str(&saved).unwrap();
    assert_eq!(times.breaks_floor(4700), None);
    assert_eq!(times.breaks_floor(4699), Some(5000));
}

/// What a part of a log begins with is not known; what it has is.
#[test]
fn before_the_first_event_that_is_known_nothing_is_said() {
    let mut times = Times::default();
    times.note(10, 1000);
    assert_eq!(times.against(8, 0), None);
    assert_eq!(times.against(8, 2000), Some(("receipt.backdated", 1000)));
}
