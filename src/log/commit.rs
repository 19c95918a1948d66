//! The log open for writing: the queue of acts, and the batches they are written in.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;

use super::disk::{Disk, LockError, LockGuard};
use super::durable;
use super::position::{Position, Settings, Spot};
use super::read::LogReader;
use super::recover::{OpenReport, recover};
use super::tidy;
use super::writer::{Act, Writer};
use crate::fault::{Fault, Outcome};

/// Path of the lock file.
const LOCK: &str = "lock";
/// Bytes after which no further act joins a batch: what opening has to look at stays small.
const BATCH_MAX: usize = 4 << 20;

/// A log open for writing; there is one at a time for a ledger. Shared by reference between threads.
///
/// Locks, in the order they are taken: `queue`, then `writer`; `tidying` comes before `writer`. A batch is written
/// with `writer` held and `queue` free, so that acts queue up while the disk works: that is the group commit.
pub struct Log {
    core: Arc<Core>,
    /// The thread that compresses closed segments.
    tidier: Mutex<Option<JoinHandle<()>>>,
    _lock: Box<dyn LockGuard>,
}

pub(super) struct Core {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) settings: Settings,
    queue: Mutex<Queue>,
    turn: Condvar,
    /// Nothing while the log has to be read again.
    pub(super) writer: Mutex<Option<Writer>>,
    /// Held by whoever replaces closed segments.
    pub(super) tidying: Mutex<()>,
    /// Whether compressing failed; it is tried again at the next change of segments and at closing.
    untidy: AtomicBool,
    /// Where the acknowledged acts end; readers follow it.
    durable: Arc<Mutex<Position>>,
    pub(super) reader: LogReader,
}

struct Queue {
    waiting: Vec<Waiting>,
    /// Where the log stands once all that wait are written.
    end: Position,
    /// Whether some thread is writing a batch.
    led: bool,
    /// Whether the log has to be read again.
    failed: bool,
}

struct Waiting {
    act: Act,
    answer: Arc<OnceLock<Outcome<Appended>>>,
}

/// What an acknowledged act has become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Where the log stands after it.
    pub position: Position,
    /// Where its first line stands; [`Act::events`] derives the spots of its events.
    pub spot: Spot,
}

/// An act that has its place in the chain and waits to become durable.
#[must_use = "an act is acknowledged by `Log::wait` only"]
pub struct Ticket(Arc<OnceLock<Outcome<Appended>>>);

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn must_read_again() -> Fault {
    Fault::machine("log.must_reread")
}

impl Log {
    /// Opens the log for writing, creating it if there is none: takes the lock, puts in order what a crash may
    /// have left, and reports it. Looks at the end of the log only.
    ///
    /// `applied` is where the caller's views stand, if it knows: a log that ends before it, or has another head
    /// there, is refused.
    ///
    /// Errors: `log.locked`, `log.damaged`, `log.rolled_back`, `log.forked`, or the machine. Nothing has been
    /// changed then, except by the machine's failure; [`LogReader::open`] still reads.
    pub fn open(
        disk: Arc<dyn Disk>,
        settings: Settings,
        applied: Option<Position>,
    ) -> Outcome<(Self, OpenReport)> {
        let lock = lock(&*disk, &settings.note)?;
        let known: Vec<Position> = applied.into_iter().collect();
        let (writer, report) = recover(&disk, &settings, &known)?;
        let end = report.position;
        let durable = Arc::new(Mutex::new(end));
        let core = Arc::new(Core {
            reader: LogReader::following(Arc::clone(&disk), Arc::clone(&durable)),
            disk,
            settings,
            queue: Mutex::new(Queue { waiting: Vec::new(), end, led: false, failed: false }),
            turn: Condvar::new(),
            writer: Mutex::new(Some(writer)),
            tidying: Mutex::new(()),
            untidy: AtomicBool::new(true),
            durable,
        });
        Ok((Self { core, tidier: Mutex::new(None), _lock: lock }, report))
    }

    /// Where the acknowledged acts end.
    pub fn position(&self) -> Position {
        *locked(&self.core.durable)
    }

    /// Where the log will stand once every act that was submitted is durable: what the next act has to continue.
    pub fn end(&self) -> Position {
        locked(&self.core.queue).end
    }

    pub(super) fn core(&self) -> &Core {
        &self.core
    }

    /// A reader that follows this log.
    pub fn reader(&self) -> LogReader {
        self.core.reader.clone()
    }

    /// Gives an act its place in the chain without waiting for the disk, so that the next one can be made. It is
    /// acknowledged by [`wait`](Self::wait).
    ///
    /// Errors: `log.not_next` when it does not continue [`end`](Self::end), `log.must_reread` after a failure.
    pub fn submit(&self, act: Act) -> Outcome<Ticket> {
        let mut queue = locked(&self.core.queue);
        if queue.failed {
            return Err(must_read_again());
        }
        if act.before() != queue.end {
            return Err(Fault::refused("log.not_next").with("seq", act.before().size));
        }
        queue.end = act.after();
        let answer = Arc::new(OnceLock::new());
        queue.waiting.push(Waiting { act, answer: Arc::clone(&answer) });
        Ok(Ticket(answer))
    }

    /// Waits until the act is durable; whoever waits first writes for all that are queued.
    ///
    /// Errors: the machine. Whether the act is in the log is then known after [`reread`](Self::reread).
    pub fn wait(&self, ticket: Ticket) -> Outcome<Appended> {
        let mut queue = locked(&self.core.queue);
        loop {
            if let Some(answer) = ticket.0.get() {
                return answer.clone();
            }
            if queue.led {
                queue = self.core.turn.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            queue.led = true;
            let batch = queue.take_batch();
            drop(queue);
            let written = self.core.write(&batch);
            queue = locked(&self.core.queue);
            queue.led = false;
            let closed = queue.answer(&batch, written);
            self.core.turn.notify_all();
            if closed {
                drop(queue);
                self.tidy_up();
                queue = locked(&self.core.queue);
            }
        }
    }

    /// Appends an act and waits until it is durable.
    pub fn append(&self, act: Act) -> Outcome<Appended> {
        let ticket = self.submit(act)?;
        self.wait(ticket)
    }

    /// Reads the log again after a failure, as opening does, and goes on from what is there. Acts that were not
    /// acknowledged may have got into the log or not; the report says where it stands.
    pub fn reread(&self) -> Outcome<OpenReport> {
        let _tidying = locked(&self.core.tidying);
        let mut queue = locked(&self.core.queue);
        while queue.led {
            queue = self.core.turn.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        for waiting in std::mem::take(&mut queue.waiting) {
            let _ = waiting.answer.set(Err(must_read_again()));
        }
        queue.failed = true;
        let mut slot = locked(&self.core.writer);
        *slot = None;
        self.core.reader.forget();
        let (writer, report) = recover(&self.core.disk, &self.core.settings, &[self.position()])?;
        *slot = Some(writer);
        *locked(&self.core.durable) = report.position;
        (queue.end, queue.failed) = (report.position, false);
        Ok(report)
    }

    /// Makes the high-water mark durable and gives the position it states. To be called before anything leaves
    /// the machine that others may hold this log to: a checkpoint, a bundle, a catalogue.
    pub fn pin(&self) -> Outcome<Position> {
        let mut writer = locked(&self.core.writer);
        let writer = writer.as_mut().ok_or_else(must_read_again)?;
        writer.sync_mark()?;
        Ok(writer.position())
    }

    /// Compresses what is left to compress, makes the mark durable and gives the lock back.
    pub fn close(self) -> Outcome<()> {
        self.join_tidier();
        self.pin()?;
        if self.core.untidy.load(Ordering::Acquire) {
            self.core.tidy()?;
        }
        Ok(())
    }

    fn tidy_up(&self) {
        self.core.untidy.store(true, Ordering::Release);
        if !self.core.settings.background {
            let _ = self.core.tidy();
            return;
        }
        let mut tidier = locked(&self.tidier);
        if tidier.as_ref().is_none_or(JoinHandle::is_finished) {
            let core = Arc::clone(&self.core);
            // If no thread can be had or compressing fails, the plain form stays and closing tries again.
            let tidy = move || drop(core.tidy());
            *tidier = std::thread::Builder::new().name("zhaoce-tidy".into()).spawn(tidy).ok();
        }
    }

    fn join_tidier(&self) {
        if let Some(tidier) = locked(&self.tidier).take() {
            let _ = tidier.join();
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.join_tidier();
    }
}

struct Written {
    spots: Vec<Spot>,
    closed: bool,
}

impl Core {
    fn write(&self, batch: &[Waiting]) -> Outcome<Written> {
        let mut slot = locked(&self.writer);
        let mut writer = slot.take().ok_or_else(must_read_again)?;
        // The slot stays empty if anything goes wrong: what is on the disk is then not known.
        let batched = writer.append(batch.iter().map(|waiting| &waiting.act))?;
        *locked(&self.durable) = writer.position();
        *slot = Some(writer);
        if batched.closed.is_some() {
            self.reader.forget();
        }
        Ok(Written { spots: batched.spots, closed: batched.closed.is_some() })
    }

    fn tidy(&self) -> Outcome<()> {
        let _tidying = locked(&self.tidying);
        self.untidy.store(false, Ordering::Release);
        let done = tidy::compress_closed(&*self.disk);
        self.untidy.fetch_or(done.is_err(), Ordering::AcqRel);
        self.reader.forget();
        done
    }
}

impl Queue {
    /// Tells a batch's acts what became of them; gives whether a segment was closed.
    fn answer(&mut self, batch: &[Waiting], written: Outcome<Written>) -> bool {
        let fault = match written {
            Ok(Written { spots, closed }) => {
                for (waiting, spot) in batch.iter().zip(spots) {
                    let _ = waiting.answer.set(Ok(Appended { position: waiting.act.after(), spot }));
                }
                return closed;
            }
            Err(fault) => fault,
        };
        self.failed = true;
        for waiting in batch.iter().chain(&std::mem::take(&mut self.waiting)) {
            let _ = waiting.answer.set(Err(fault.clone()));
        }
        false
    }

    fn take_batch(&mut self) -> Vec<Waiting> {
        let (mut count, mut bytes) = (0, 0);
        for waiting in &self.waiting {
            if bytes >= BATCH_MAX {
                break;
            }
            (count, bytes) = (count + 1, bytes + waiting.act.lines().len());
        }
        self.waiting.drain(..count).collect()
    }
}

/// Takes the writer's lock.
pub(super) fn lock(disk: &dyn Disk, note: &str) -> Outcome<Box<dyn LockGuard>> {
    let note = format!("pid {} · {note}\n", std::process::id());
    disk.lock(LOCK, &note).map_err(|error| match error {
        LockError::Held(holder) => Fault::machine("log.locked").with("found", holder),
        LockError::Io(error) => durable::fault(&error, LOCK),
    })
}
