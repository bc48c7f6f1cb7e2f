//! docs/registers.md is made of the declarations, so that it can't fall behind them. UPDATE_EXPECT=1 rewrites it.

use std::fmt::Write as _;
use std::path::Path;

use hipaa_binder::content::Audience;
use hipaa_binder::content::registers::{ColumnKind, Coverage, NoneAccepted, NoneRule, REGISTERS, Register};

fn holds(kind: ColumnKind) -> String {
    match kind {
        ColumnKind::Text => "text".into(),
        ColumnKind::Date => "a day, `2026-09-14` or `9/14/2026`".into(),
        ColumnKind::YesNo => "yes or no".into(),
        ColumnKind::OneOf(words) => format!("one of: {}", words.join(", ")),
        ColumnKind::Number => "a whole number".into(),
        ColumnKind::Systems => "ids of `systems`, or `all`".into(),
        ColumnKind::Sites => "ids of `[[site]]`, or `all`".into(),
        ColumnKind::Persons => "ids or names of `workforce`".into(),
        ColumnKind::Exhibit => "an exhibit id, or words that say where it is".into(),
        ColumnKind::Citations => "citations, separated by `;`, each with an optional page or section".into(),
        ColumnKind::Devices => "an id of `devices`".into(),
    }
}

fn covers(coverage: Coverage) -> &'static str {
    match coverage {
        Coverage::Any => "one fresh line",
        Coverage::Systems(_) => "each system",
        Coverage::Sites => "each site",
        Coverage::Workforce { .. } => "each current workforce member",
        Coverage::EveryLine | Coverage::EveryLineIfAny => "every active line",
        Coverage::Leavers => "each person who left",
        Coverage::RiskLines => "every open risk",
    }
}

fn section(register: &Register) -> String {
    let mut out = format!("\n## {}.csv\n\n{}\n\n", register.name, register.purpose);
    if register.audience != Audience::Workforce {
        out += "For management, unless a line says otherwise.\n\n";
    }
    out += "| column | needed | holds |\n|---|---|---|\n";
    for column in register.columns {
        let needed = if column.required { "yes" } else { "" };
        let _ = writeln!(out, "| `{}` | {needed} | {} |", column.name, holds(column.kind));
    }
    if !register.serves.is_empty() {
        out += "\n| serves | fresh for | must cover |\n|---|---|---|\n";
        for serve in register.serves {
            let fresh = if serve.months == u32::MAX {
                "any time".into()
            } else {
                format!("{} months", serve.months)
            };
            let none = match serve.none {
                NoneAccepted::No => "",
                NoneAccepted::Yes => ", or a none statement",
                NoneAccepted::Named => ", or a none statement that names it",
                NoneAccepted::NoHoles => ", or none statements without a hole",
                NoneAccepted::WithList => ", or a none statement and the list confirmed",
            };
            let _ = writeln!(
                out,
                "| {} | {fresh} | {}{none} |",
                serve.row,
                covers(serve.coverage)
            );
        }
    }
    if let NoneRule::Accepted { per } = register.none {
        out += "\nA line may say that nothing happened: `none` in its first filled cell, with `from`, `to`, `by` and `recorded`";
        out += &if per.is_empty() {
            ".\n".to_string()
        } else {
            format!("; `{per}` says of what.\n")
        };
    }
    out
}

#[test]
fn the_page_on_registers_is_made_of_the_declarations() {
    let mut text = String::from(
        "# Registers\n\nCSV files in `registers/`, edited in Excel or any editor. Commas or semicolons, any order of columns. Every\nregister also takes the columns `id`, `system`, `site`, `person`, `note`, `audience`, `phi`, `privileged` and `hold`.\nNotes and the reasons of legal holds are for management and are never handed over.\nIntervals are defaults, not law; `[intervals]` in binder.toml sets the practice's own.\n",
    );
    for register in REGISTERS {
        text += &section(register);
    }
    let page = Path::new("docs/registers.md");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(page, &text).expect("written");
    }
    snapbox::assert_data_eq!(text, snapbox::Data::read_from(page, None).raw());
}
