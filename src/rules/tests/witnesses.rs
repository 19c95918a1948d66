//! What courses draw of checkpoints: receipts, and those of an office that sends packages here.

use serde_json::{Map, Value, json};

use super::desk::{Desk, Draft};
use super::samples::Dice;
use super::stories::told::COSIGNED;
use crate::record::PartName;

/// The archive's own witness, hired with the others under an edition that has the role.
pub fn keeper() -> impl Iterator<Item = Box<dyn Fn(&Desk) -> Draft>> {
    let added: Box<dyn Fn(&Desk) -> Draft> = Box::new(|desk: &Desk| {
        let added = desk.draft("admin", "person.added", "person/keeper");
        added.with(json!({"roles": ["witness"]})).part(PartName::Personal)
    });
    let enrolled: Box<dyn Fn(&Desk) -> Draft> = Box::new(|desk: &Desk| {
        let archive = &COSIGNED["archive"];
        let facts = json!({"key": archive["key"], "possession": archive["possession"]});
        desk.draft("admin", "key.enrolled", "person/keeper").with(facts)
    });
    [added, enrolled].into_iter()
}

/// A checkpoint: a receipt's, or of the office that sends packages here.
pub fn drawn_note(dice: &mut Dice, fact: &str) -> Value {
    let name = dice.pick(&["ten", "fork", "eight", "twelve"]);
    match dice.roll(4) {
        0 => COSIGNED["checkpoint"].clone(),
        1 => COSIGNED["receipt"].clone(),
        2 if fact != "note" => COSIGNED["bare"][name].clone(),
        _ => COSIGNED["notes"][name].clone(),
    }
}

/// Facts of an advance that fit one of the office's checkpoints.
pub fn drawn_advance(dice: &mut Dice) -> Map<String, Value> {
    let (name, size, fill) =
        dice.pick(&[("ten", 10, "01"), ("fork", 10, "02"), ("eight", 8, "03"), ("twelve", 12, "04")]);
    let root = format!("sha256:{}", fill.repeat(32));
    let facts = json!({"size": size, "root": root, "note": COSIGNED["notes"][name]});
    let Value::Object(facts) = facts else { unreachable!() };
    facts
}
