//! The clock: the only one of the program.

use jiff::Timestamp;

use crate::fault::{Fault, Outcome};
use crate::record::Moment;

/// Tells civil time of Beijing.
pub type Clock = Box<dyn Fn() -> Outcome<Moment>>;

/// The machine's clock.
pub fn system_clock() -> Clock {
    Box::new(|| {
        let seconds = Timestamp::now().as_second();
        Moment::from_unix(seconds).ok_or_else(|| Fault::machine("clock.unreadable").with("found", seconds))
    })
}
