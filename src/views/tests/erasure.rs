//! What has been erased comes back from nowhere.

use std::fs;
use std::path::Path;

use super::answers::{Model, check};
use super::sample::Sample;
use crate::views::{Backing, Views};

fn holds(dir: &Path, mark: &[u8]) -> bool {
    fs::read_dir(dir).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            holds(&path, mark)
        } else {
            fs::read(&path).unwrap().windows(mark.len()).any(|w| w == mark)
        }
    })
}

#[test]
fn an_erasure_takes_texts_out_before_and_after_the_body_has_left_the_log() {
    for seed in 20..26 {
        let mut sample = Sample::new(seed, 120);
        let folder = tempfile::tempdir().unwrap();
        let open = |sample: &Sample| {
            Views::open(folder.path(), &sample.source, &sample.origin, &sample.books).unwrap()
        };
        let views = open(&sample);
        let (seq, name) = sample.erase_event().unwrap();
        views.follow(&sample.source).unwrap();
        assert_eq!(views.erasures().unwrap(), [(seq, name)]);
        // The body is still in the log; no answer may show it.
        let whole = sample.source.clone();
        sample.remove(seq, name);
        let model = Model::of(&sample, sample.source.lines.iter());
        views
            .ask(&whole, |query| {
                check(query, &model);
                Ok(())
            })
            .unwrap();
        drop(views);
        // Interrupted there, and built anew from the log as it still is: the same.
        fs::remove_dir_all(folder.path().join("views")).unwrap();
        let again = Views::open(folder.path(), &whole, &sample.origin, &sample.books).unwrap();
        assert_eq!(again.erasures().unwrap(), [(seq, name)]);
        again
            .ask(&whole, |query| {
                check(query, &model);
                Ok(())
            })
            .unwrap();
        again.forget(&sample.source, &[(seq, name)]).unwrap();
        assert_eq!((again.erasures().unwrap(), again.condition().backing), (vec![], Backing::Sled));
        again
            .ask(&sample.source, |query| {
                check(query, &model);
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn forgetting_leaves_no_trace_in_any_file() {
    let mut sample = Sample::new(30, 60);
    let folder = tempfile::tempdir().unwrap();
    let mark = "绝密标记机密字样";
    let item = sample.register_titled(mark);
    let views = Views::open(folder.path(), &sample.source, &sample.origin, &sample.books).unwrap();
    let found = views.ask(&sample.source, |query| query.by_title(mark)).unwrap();
    assert_eq!(found[0].id, item);
    views.rebuild(&sample.source).unwrap();
    views.flush().unwrap();
    assert!(holds(folder.path(), mark.as_bytes()), "otherwise this test proves nothing");
    let seq = found[0].course[0].seq;
    let erased = sample.erase_of(seq);
    views.follow(&sample.source).unwrap();
    sample.remove(seq, erased);
    views.forget(&sample.source, &[(seq, erased)]).unwrap();
    views.flush().unwrap();
    assert!(!holds(folder.path(), mark.as_bytes()));
    assert_eq!(views.ask(&sample.source, |query| query.by_title(mark)).unwrap(), []);
}
