//! The way of every verb on dossiers that signs: name them, say what the kind's form asks for, sign it as one act.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args as _, Command, FromArgMatches as _};

use super::form::{Field, Form, Place, form};
use super::{Act, find, value};
use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::{Doing, Done};
use crate::cli::item::each::refuse;
use crate::cli::item::which::{Cells, read_rows_of};
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::exchange::ColumnSpec;
use crate::fault::{Fault, Lang, Outcome};
use crate::ledger::Wish;
use crate::record::{PartName, Subject};
use crate::views::DossierRow;

/// The command of a verb.
pub fn command(class: &'static str, act: &'static Act) -> Command {
    let form = form(act.kind);
    let mut command = Command::new(act.name);
    if !act.begins {
        let help = "编号（可只写开头几位）、名称或文号，可写多个 · Ids, beginnings of ids, names or numbers";
        command = command.arg(Arg::new("ids").value_name(value_name(class)).num_args(1..).help(help));
    }
    for field in &form.fields {
        let arg = Arg::new(field.key.as_str()).long(field.flag.as_str()).value_name("VALUE");
        command = command.arg(arg.help(field.help.clone()));
    }
    if form.fields.iter().any(|field| field.either) {
        let help = "名称等只供内部，不公开 · Title and the rest for the office only, not for the public";
        command = command.arg(Arg::new("internal").long("internal").action(ArgAction::SetTrue).help(help));
    }
    let from = Arg::new("table").long("from").value_name("FILE").value_parser(clap::value_parser!(PathBuf));
    let command = command
        .arg(from.help("从表格读取（CSV、XLSX 或 JSON），每行一件 · Take them from a table, one a row"));
    Doing::augment_args(command).about(form.about.clone())
}

fn value_name(class: &'static str) -> &'static str {
    match class {
        "request" => "REQUEST",
        "matter" => "MATTER",
        "exclusion" => "EXCLUSION",
        "document" => "DOCUMENT",
        _ => "ID",
    }
}

/// What one event is about, and where it is told of.
struct Target {
    row: Option<DossierRow>,
    cells: Cells,
    place: String,
}

/// Runs a verb.
pub fn run(ui: &Ui, ctx: &Ctx<'_>, class: &str, act: &Act, matches: &ArgMatches) -> Outcome<()> {
    let doing = Doing::from_arg_matches(matches).map_err(|error| crate::cli::usage::fault(&error))?;
    let mut desk = Desk::open(ctx)?;
    let done = doing.resolve(ctx, &desk)?;
    let targets = targets(&desk, class, act, matches)?;
    let teller = Teller { ctx, desk: &desk, class, act, form: form(act.kind), matches };
    let (mut plan, mut faults) = (Vec::with_capacity(targets.len()), Vec::new());
    for target in &targets {
        match teller.wish(target, &done) {
            Ok(wish) => plan.push(Planned { wish, place: target.place.clone() }),
            Err(fault) => faults.push((target.place.clone(), String::new(), fault)),
        }
    }
    if !faults.is_empty() {
        return Err(refuse(ui, targets.len(), faults.into_iter()));
    }
    desk.sign_and_show(ui, plan, doing.dry_run)
}

fn targets(desk: &Desk<'_>, class: &str, act: &Act, matches: &ArgMatches) -> Outcome<Vec<Target>> {
    let mut targets = Vec::new();
    let ids = matches.try_get_many::<String>("ids").ok().flatten();
    for text in ids.into_iter().flatten() {
        let row = find(&desk.ledger, class, text)?;
        targets.push(Target { place: row.id.to_string(), row: Some(row), cells: Cells::default() });
    }
    if let Some(path) = matches.get_one::<PathBuf>("table") {
        let mut columns = vec![ColumnSpec { key: "id", zh: "编号", en: "Id", aliases: &[] }];
        columns.extend(form(act.kind).columns());
        for (line, cells) in read_rows_of(path, None, &columns)? {
            let at = |fault: Fault| fault.with("line", line);
            let named = || cells.get("id").ok_or_else(|| at(Fault::usage("row.no_key")));
            let row = if act.begins { None } else { Some(find(&desk.ledger, class, named()?).map_err(at)?) };
            targets.push(Target { row, cells, place: format!("第 {line} 行 line {line}") });
        }
    } else if act.begins {
        targets.push(Target { row: None, cells: Cells::default(), place: String::new() });
    }
    if targets.is_empty() {
        return Err(Fault::usage("dossier.none_named"));
    }
    Ok(targets)
}

/// Makes wishes of what the command line and the rows of a table tell.
struct Teller<'a> {
    ctx: &'a Ctx<'a>,
    desk: &'a Desk<'a>,
    class: &'a str,
    act: &'a Act,
    form: &'static Form,
    matches: &'a ArgMatches,
}

impl Teller<'_> {
    fn wish(&self, target: &Target, done: &Done) -> Outcome<Wish> {
        let done = done.for_row(self.desk, &target.cells)?;
        let subject = self.subject(target)?;
        let mut wish = done.wish(self.act.kind, &subject)?;
        if self.form.inherits {
            wish = wish.fact("mode", "inherited");
        }
        for field in &self.form.fields {
            wish = self.tell(wish, field, target)?;
        }
        Ok(wish)
    }

    fn subject(&self, target: &Target) -> Outcome<Subject> {
        match &target.row {
            Some(row) => Ok(row.id.clone()),
            None => self.ctx.fresh(self.class),
        }
    }

    fn tell(&self, wish: Wish, field: &Field, target: &Target) -> Outcome<Wish> {
        let cell = target.cells.get(&field.key);
        let option = self.matches.get_one::<String>(&field.key).map(String::as_str);
        let Some(text) = cell.or(option) else { return self.untold(wish, field, target) };
        match &field.place {
            Place::Part(_) if field.either && self.internal() => {
                Ok(wish.part(PartName::Closed, &field.key, text))
            }
            Place::Part(part) => Ok(wish.part(*part, &field.key, text)),
            Place::Fact(form) => {
                let value = value::fact(self.desk, form, text, cell.is_some())?;
                Ok(wish.fact(&field.key, value))
            }
        }
    }

    /// Whether what may stand in either part is for the office only.
    fn internal(&self) -> bool {
        self.matches.try_get_one::<bool>("internal").ok().flatten().copied().unwrap_or(false)
    }

    /// What was not told: the only open span where one is meant; else it must not be needed.
    fn untold(&self, wish: Wish, field: &Field, target: &Target) -> Outcome<Wish> {
        if field.key == "of" && field.required {
            let law = target.row.as_ref().and_then(|row| row.law.as_ref());
            let closes = |name: &str| (name == "remedy") == (self.act.kind == "request.remedy_decided");
            let open = law.iter().flat_map(|law| law.spans.values());
            let mut open = open.filter(|span| span.until.is_none() && closes(&span.name));
            if let (Some(only), None) = (open.next(), open.next()) {
                return Ok(wish.fact("of", only.seq));
            }
        }
        if !field.required {
            return Ok(wish);
        }
        let name = words().text(&field.key, Lang::Zh);
        Err(Fault::usage("item.not_said").with("expected", &field.flag).with("name", name))
    }
}
