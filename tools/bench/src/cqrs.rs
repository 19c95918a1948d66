//! `cqrs-es` with its event store kept in SQLite (WAL, FULL): a command an event, and a replay of all.

use std::sync::Mutex;

use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{
    PersistedEventRepository, PersistedEventStore, PersistenceError, QueryReplay, ReplayStream,
    SerializedEvent, SerializedSnapshot,
};
use cqrs_es::{Aggregate, CqrsFramework, DomainEvent, EventEnvelope, Query};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::table::{ACT, REBUILD, Table};
use crate::timed;

#[derive(Default, Serialize, Deserialize)]
struct Item {
    events: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Recorded(Value);

impl DomainEvent for Recorded {
    fn event_type(&self) -> String {
        "Recorded".into()
    }
    fn event_version(&self) -> String {
        "1".into()
    }
}

impl Aggregate for Item {
    const TYPE: &'static str = "item";
    type Command = Value;
    type Event = Recorded;
    type Error = std::fmt::Error;
    type Services = ();

    async fn handle(
        &mut self,
        command: Value,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), std::fmt::Error> {
        sink.write(Recorded(command), self).await;
        Ok(())
    }
    fn apply(&mut self, _event: Recorded) {
        self.events += 1;
    }
}

struct Store(Mutex<Connection>);

impl Store {
    fn open(path: &std::path::Path) -> Self {
        let db = Connection::open(path).expect("a database");
        db.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
             CREATE TABLE IF NOT EXISTS events(id TEXT, seq INTEGER, payload TEXT, metadata TEXT, PRIMARY KEY(id, seq));",
        )
        .expect("a table");
        Self(Mutex::new(db))
    }

    fn select(&self, filter: &str, id: &str) -> Vec<SerializedEvent> {
        let db = self.0.lock().expect("a lock");
        let mut rows = db
            .prepare_cached(&format!("SELECT id, seq, payload, metadata FROM events {filter}"))
            .expect("a statement");
        let given: &[&dyn rusqlite::ToSql] = if filter.contains('?') { &[&id] } else { &[] };
        let event = |row: &rusqlite::Row<'_>| {
            let json = |nth| row.get::<_, String>(nth).map(|text| serde_json::from_str(&text).expect("JSON"));
            let seq = row.get::<_, i64>(1)? as usize;
            let event = SerializedEvent::new(
                row.get(0)?,
                seq,
                "item".into(),
                "Recorded".into(),
                "1".into(),
                json(2)?,
                json(3)?,
            );
            Ok(event)
        };
        rows.query_map(given, event).expect("rows").map(|row| row.expect("a row")).collect()
    }
}

impl PersistedEventRepository for Store {
    async fn get_events<A: Aggregate>(&self, id: &str) -> Result<Vec<SerializedEvent>, PersistenceError> {
        Ok(self.select("WHERE id = ?1 ORDER BY seq", id))
    }
    async fn get_last_events<A: Aggregate>(
        &self,
        id: &str,
        _: usize,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        Ok(self.select("WHERE id = ?1 ORDER BY seq", id))
    }
    async fn get_snapshot<A: Aggregate>(
        &self,
        _: &str,
    ) -> Result<Option<SerializedSnapshot>, PersistenceError> {
        Ok(None)
    }
    async fn persist<A: Aggregate>(
        &self,
        events: &[SerializedEvent],
        _: Option<(String, Value, usize)>,
    ) -> Result<(), PersistenceError> {
        let mut db = self.0.lock().expect("a lock");
        let tx = db.transaction().expect("a transaction");
        for event in events {
            let mut insert =
                tx.prepare_cached("INSERT INTO events VALUES(?1, ?2, ?3, ?4)").expect("a statement");
            let (payload, metadata) = (event.payload.to_string(), event.metadata.to_string());
            insert
                .execute(params![event.aggregate_id, event.sequence as i64, payload, metadata])
                .expect("a row");
        }
        tx.commit().expect("a commit");
        Ok(())
    }
    async fn stream_events<A: Aggregate>(&self, id: &str) -> Result<ReplayStream, PersistenceError> {
        Ok(self.stream(self.select("WHERE id = ?1 ORDER BY seq", id)))
    }
    async fn stream_all_events<A: Aggregate>(&self) -> Result<ReplayStream, PersistenceError> {
        Ok(self.stream(self.select("ORDER BY rowid", "")))
    }
}

impl Store {
    fn stream(&self, events: Vec<SerializedEvent>) -> ReplayStream {
        let (mut feed, stream) = ReplayStream::new(events.len().max(1));
        tokio::spawn(async move {
            for event in events {
                feed.push(Ok(event)).await.expect("a reader");
            }
        });
        stream
    }
}

struct Count;

#[async_trait::async_trait]
impl Query<Item> for Count {
    async fn dispatch(&self, _: &str, events: &[EventEnvelope<Item>]) {
        std::hint::black_box(events.len());
    }
}

pub fn rows(table: &mut Table, lines: &[Vec<u8>]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("db");
    let values: Vec<(String, Value)> = lines
        .iter()
        .map(|line| serde_json::from_slice::<Value>(line).expect("an event"))
        .map(|value| (value["event"]["subject"].as_str().unwrap_or_default().to_owned(), value))
        .collect();
    let count = values.len() as f64;
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let framework =
        CqrsFramework::new(PersistedEventStore::<_, Item>::new_event_store(Store::open(&path)), vec![], ());
    let (took, ()) = timed(|| {
        runtime.block_on(async {
            for (id, value) in values {
                framework.execute(&id, value).await.expect("a command");
            }
        });
    });
    table.add(ACT, "cqrs-es in SQLite FULL, nothing signed", count / took, "/s");
    let (took, ()) = timed(|| {
        let replay: QueryReplay<_, _, Item> = QueryReplay::new(Store::open(&path), Count);
        runtime.block_on(async { replay.replay_all().await.expect("a replay") });
    });
    table.add(REBUILD, "cqrs-es replay, decoding only", count / took, "/s");
}
