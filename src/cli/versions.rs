//! `binder versions`: the sealed versions of a binder.

use std::path::Path;

use clap::{Args, ValueEnum};
use hipaa_binder::binder::Options;
use hipaa_binder::gap::State;
use hipaa_binder::history::{self, History, Version};
use hipaa_binder::pipeline;
use hipaa_binder::retention::{Keep, LONGER};
use hipaa_binder::world::{clock, read};
use serde_json::{Value, json};

use super::console::{Console, wrap};
use super::{Exit, Where, is_nowhere, problems};

/// List the sealed versions: when each was current, and how long it is kept.
///
/// Reads of each archive only what it says of itself. `binder verify` reads them whole, and finds what differs.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  binder versions                   of the binder you are in
  binder versions --format json     the same as data, with notes, digests and rows by state

Exit code: 0 done, 1 an archive or binder.toml can't be read, 2 the command itself is wrong.")]
pub(super) struct Versions {
    #[command(flatten)]
    place: Where,
    /// For people, or for programs
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// Messages about archives.
const ARCHIVES: &str = "sealed-version-unreadable";

pub(super) fn run(args: &Versions, base: &Path, console: &mut Console) -> Exit {
    let folder = read::read(&args.place.find(base));
    super::clock_note(&folder, console);
    let heads = folder
        .sealed
        .iter()
        .filter_map(|archive| archive.parsed.as_ref().ok());
    let newest = heads.map(|parsed| parsed.head.as_of).max();
    // A clock that was set back hides no version from this list.
    let today = clock::today();
    let built = pipeline::assess(&folder, &Options::new(newest.map_or(today, |day| day.max(today))));
    let Some(binder) = &built.binder else {
        console.note(&problems(&built.diagnostics, &folder, console.note_color()));
        return match is_nowhere(&built.diagnostics) {
            true => Exit::Usage,
            false => Exit::Content,
        };
    };
    let unreadable: Vec<_> = built
        .diagnostics
        .iter()
        .filter(|problem| problem.code == ARCHIVES)
        .cloned()
        .collect();
    console.note(&problems(&unreadable, &folder, console.note_color()));
    // Every version, whichever copy it was sealed as: this list stays with the practice.
    let (history, _) = history::history(&folder.sealed, &binder.content, &binder.meta);
    match args.format {
        Format::Json => {
            let text = serde_json::to_string_pretty(&data(&history)).unwrap_or_default();
            console.result(&format!("{text}\n"));
        }
        Format::Human => console.result(&table(&history)),
    }
    match unreadable.is_empty() {
        true => Exit::Done,
        false => Exit::Content,
    }
}

fn table(history: &History) -> String {
    let mut text = String::new();
    if history.versions.is_empty() && history.missing.is_empty() {
        let words = "No version of this binder is sealed yet. Seal one with: binder seal 2026.1 --by \"YOUR NAME\" --note \
                     \"WHAT IT IS FOR\"";
        return format!("{}\n", wrap(words, 0));
    }
    let head = [
        "Version",
        "As of",
        "Sealed",
        "Current",
        "Keep at least until",
        "Documented",
    ];
    let mut rows: Vec<[String; 6]> = vec![head.map(str::to_string)];
    rows.extend(history.versions.iter().rev().map(line));
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    for missing in &history.missing {
        let words = format!(
            "Missing from the folder: version {}, which version {} names as the one before it. Keep at least until: {}.",
            missing.label,
            missing.named_by,
            missing.keep.words()
        );
        text.push_str(&format!("\n{}\n", wrap(&words, 0)));
    }
    text.push_str(&format!("\n{LONGER}\n"));
    text
}

fn line(version: &Version) -> [String; 6] {
    let head = &version.manifest;
    let day = |day: Option<jiff::civil::Date>| day.map_or(String::new(), |day| day.to_string());
    [
        head.label.clone(),
        head.as_of.to_string(),
        head.sealed_minute(),
        match (version.current_from, version.current_to) {
            (None, _) => "never".to_string(),
            (from, None) => format!("since {}", day(from)),
            (from, to) => format!("{} to {}", day(from), day(to)),
        },
        match version.keep {
            Keep::InEffect => "still current".to_string(),
            keep => keep.brief(),
        },
        documented(version),
    ]
}

/// "42 of 60 rows", of those that apply.
fn documented(version: &Version) -> String {
    let Some(summary) = &version.summary else {
        return String::new();
    };
    let applies = summary.rows.iter().filter(|row| row.state != State::DoesNotApply);
    let done = applies
        .clone()
        .filter(|row| row.state == State::Documented)
        .count();
    format!("{done} of {} rows", applies.count())
}

fn data(history: &History) -> Value {
    let keep = |keep: &Keep| match keep {
        Keep::Until(day) => json!(day.to_string()),
        _ => Value::Null,
    };
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    let versions: Vec<Value> = history
        .versions
        .iter()
        .map(|version| {
            let head = &version.manifest;
            json!({
                "label": head.label,
                "as_of": head.as_of.to_string(),
                "sealed_at": head.sealed_at,
                "by": head.by,
                "note": head.note,
                "edition": head.edition,
                "audience": head.audience,
                "current_from": day(version.current_from),
                "current_to": day(version.current_to),
                "keep_at_least_until": keep(&version.keep),
                "keep": version.keep_brief(),
                "states": version.summary.as_ref().map(|summary| &summary.counts),
                "gaps": head.gaps.count,
                "pages": head.pages,
                "build_id": head.build_id,
                "program": head.program,
                "rule_as_of": head.rule.as_of,
                "digest": version.digest.as_deref(),
                "archive": &*version.path,
                "size": version.size,
                "previous": head.previous.as_ref().map(|previous| &previous.label),
                "withdrawn": version.withdrawn,
            })
        })
        .collect();
    let missing: Vec<Value> = history
        .missing
        .iter()
        .map(|missing| {
            json!({
                "label": missing.label,
                "digest": missing.digest,
                "named_by": missing.named_by,
                "keep_at_least_until": keep(&missing.keep),
            })
        })
        .collect();
    json!({ "versions": versions, "missing": missing, "longer": LONGER })
}
