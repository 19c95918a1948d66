use super::super::mem_store::MemStore;
use super::*;
use std::sync::Arc;

/// A store in memory whose records a test can reach behind the table's back.
#[derive(Clone, Default)]
struct Rotting(Arc<MemStore>);

impl Store for Rotting {
    fn get(&self, key: &[u8]) -> Outcome<Option<Vec<u8>>> {
        self.0.get(key)
    }
    fn scan(&self, from: &[u8], to: &[u8], visit: &mut super::super::store::Visit<'_>) -> Outcome<()> {
        self.0.scan(from, to, visit)
    }
    fn last(&self, from: &[u8], to: &[u8]) -> Outcome<Option<(Vec<u8>, Vec<u8>)>> {
        self.0.last(from, to)
    }
    fn commit(&self, batch: Batch) -> Outcome<()> {
        self.0.commit(batch)
    }
    fn flush(&self) -> Outcome<()> {
        Ok(())
    }
    fn may_rot(&self) -> bool {
        true
    }
}

fn filled() -> (Rotting, Table) {
    let store = Rotting::default();
    let mark = Mark::at_origin(&"example.gov.cn/xxgk".parse().unwrap());
    let mut table = Table::new(Box::new(store.clone()), mark.clone());
    let puts = (0u32..40).map(|n| (key(b'r', [&n.to_be_bytes()]), Some(vec![n as u8; 10]))).collect();
    table.commit(puts, mark.clone()).unwrap();
    table.commit(Puts::from([(b"r\0\0\0\x03".to_vec(), Some(b"newer".to_vec()))]), mark).unwrap();
    (store, table)
}

fn reopened(store: &Rotting) -> Table {
    Table::open(Box::new(store.clone())).unwrap().unwrap()
}

fn is_damage<T>(outcome: Outcome<T>) -> bool {
    outcome.is_err_and(|fault| fault.code == super::super::store::DAMAGED)
}

#[test]
fn records_come_back_after_reopening() {
    let (store, _) = filled();
    let table = reopened(&store);
    assert_eq!(table.get(b"r\0\0\0\x03").unwrap().unwrap(), b"newer");
    assert_eq!(table.get(b"r\0\0\0\x04").unwrap().unwrap(), [4; 10]);
    assert_eq!(table.get(b"r\0\0\0\xff").unwrap(), None);
    table.check().unwrap();
}

#[test]
fn a_flipped_a_missing_a_swapped_and_an_old_record_are_found() {
    let old = filled().0.get(b"r\0\0\0\x05").unwrap().unwrap();
    let flip = |store: &Rotting| {
        let mut record = store.get(b"r\0\0\0\x05").unwrap().unwrap();
        *record.last_mut().unwrap() ^= 1;
        store.commit(Batch::from([(b"r\0\0\0\x05".to_vec(), Some(record))])).unwrap();
    };
    let remove = |store: &Rotting| store.commit(Batch::from([(b"r\0\0\0\x05".to_vec(), None)])).unwrap();
    let stray = |store: &Rotting| {
        store.commit(Batch::from([(b"r\0\0\0\x06".to_vec(), Some(old.clone()))])).unwrap();
    };
    let age = |store: &Rotting| {
        let aged = encode(b"r\0\0\0\x03", WHOLE, &[3; 10]);
        store.commit(Batch::from([(b"r\0\0\0\x03".to_vec(), Some(aged))])).unwrap();
    };
    let faults: [&dyn Fn(&Rotting); 4] = [&flip, &remove, &stray, &age];
    for (nth, fault) in faults.iter().enumerate() {
        let (store, _) = filled();
        fault(&store);
        assert!(is_damage(reopened(&store).get(b"r\0\0\0\x01")), "fault {nth}");
    }
}

#[test]
fn large_values_are_cut_and_joined_and_leave_nothing_behind() {
    let (store, mut table) = filled();
    let mark = table.mark().clone();
    let large: Vec<u8> = (0..300_000u32).map(|n| n as u8).collect();
    for size in [300_000, 70_000, 5, 200_000] {
        let puts = Puts::from([(b"rbig".to_vec(), Some(large[..size].to_vec()))]);
        table.commit(puts, mark.clone()).unwrap();
        let table = reopened(&store);
        assert_eq!(table.get(b"rbig").unwrap().unwrap(), &large[..size]);
        table.check().unwrap();
    }
    table.commit(Puts::from([(b"rbig".to_vec(), None)]), mark).unwrap();
    assert!(store.last(b"z", b"{").unwrap().is_none());
}

#[test]
fn records_without_a_mark_are_damage_and_nothing_is_nothing() {
    assert!(Table::open(Box::new(Rotting::default())).unwrap().is_none());
    let store = Rotting::default();
    store.commit(Batch::from([(b"x".to_vec(), Some(vec![1]))])).unwrap();
    assert!(is_damage(Table::open(Box::new(store)).map(|_| ())));
}
