//! Arguments that cannot be understood, said in both languages.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::fault::Fault;

/// The fault that an error of the argument parser stands for.
pub fn fault(error: &Error) -> Fault {
    let said = |kind| error.get(kind).map(text).unwrap_or_default();
    let suggested =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let valid = [ContextKind::ValidSubcommand, ContextKind::ValidValue];
    let better = suggested.iter().chain(&valid).map(|kind| said(*kind)).find(|text| !text.is_empty());
    let fault = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            Fault::usage("usage.command").with("found", said(ContextKind::InvalidSubcommand))
        }
        ErrorKind::UnknownArgument => {
            Fault::usage("usage.option").with("found", said(ContextKind::InvalidArg))
        }
        ErrorKind::MissingRequiredArgument => {
            Fault::usage("usage.required").with("found", said(ContextKind::InvalidArg))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation
            if said(ContextKind::InvalidValue).is_empty() =>
        {
            Fault::usage("usage.no_value").with("found", said(ContextKind::InvalidArg))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => Fault::usage("usage.value")
            .with("found", said(ContextKind::InvalidValue))
            .with("where", said(ContextKind::InvalidArg)),
        ErrorKind::ArgumentConflict => Fault::usage("usage.conflict")
            .with("found", said(ContextKind::InvalidArg))
            .with("expected", said(ContextKind::PriorArg)),
        _ => {
            let text = error.render().to_string();
            return Fault::usage("usage.args").with("found", text.trim_start_matches("error: ").trim_end());
        }
    };
    match better {
        Some(better) => fault.with("better", better),
        None => fault.with("better", "--help"),
    }
}

fn text(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join("、"),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(texts) => {
            texts.iter().map(ToString::to_string).collect::<Vec<_>>().join("、")
        }
        other => other.to_string(),
    }
}
