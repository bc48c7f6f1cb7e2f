//! The staff page: what still needs writing, by owner, soonest first, and how far the binder is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Serialize;

use super::edit;
use super::snapshot::{Site, Snapshot};
use crate::address;
use crate::binder::Binder;
use crate::diagnostic::Diagnostic;
use crate::gap::{Gap, GapKind, MarkName, State};
use crate::phi;
use crate::rule::{RowId, rule};
use crate::site::html::{Html, prose};
use crate::site::views::{Day, StateView, capital};
use crate::starter;
use crate::world::Folder;
use crate::world::desk;

/// Messages shown of one file; the gap page shows all.
const MESSAGES: usize = 3;
/// Messages shown of one file on what looks like patient data; `binder check` shows more.
const PRIVATE: usize = 5;
/// Who has what nobody has.
const NOBODY: &str = "Nobody named yet";

/// Opens files of the folder in an editor.
#[derive(Debug)]
pub struct Editor {
    dir: PathBuf,
    /// A link with `{path}` and `{line}`, "" for none.
    template: String,
}

impl Editor {
    /// As `binder.toml` of the site says.
    pub fn new(dir: &Path, site: Option<&Site>) -> Self {
        let binder = site.and_then(|site| site.built.binder.as_ref());
        Self {
            dir: desk::whole(dir),
            template: binder.map_or_else(String::new, |binder| binder.content.config.editor.clone()),
        }
    }

    /// The whole path of a file, as the system writes it.
    pub fn path(&self, file: &str) -> String {
        file.split('/')
            .fold(self.dir.clone(), |at, part| at.join(part))
            .display()
            .to_string()
    }

    /// The link that opens a file at a line; "" where there is none.
    pub fn link(&self, file: &str, line: u32) -> String {
        let path = self.path(file).replace('\\', "/");
        let path: Vec<String> = path.trim_start_matches('/').split('/').map(encoded).collect();
        self.template
            .replace("{line}", &line.max(1).to_string())
            .replace("{path}", &path.join("/"))
    }
}

/// A name as it stands in a link. The colon of a Windows drive stays.
fn encoded(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The page.
#[derive(Debug, Serialize)]
pub struct Staff {
    practice: String,
    as_of: Day,
    /// Rows that apply.
    rows: usize,
    counts: Vec<Count>,
    gaps_href: String,
    editing: bool,
    first: Option<First>,
    /// What looks like patient data or a secret, and exhibits that nobody has looked at.
    private: Vec<InFile>,
    owners: Vec<Owner>,
}

/// Rows in a state.
#[derive(Debug, Serialize)]
struct Count {
    state: StateView,
    number: usize,
    from: usize,
    width: usize,
    href: String,
}

/// The first ten steps.
#[derive(Debug, Serialize)]
struct First {
    /// Nothing is written yet.
    fresh: bool,
    begun: usize,
    steps: Vec<Step>,
}

#[derive(Debug, Serialize)]
struct Step {
    title: &'static str,
    todo: Html,
    state: StateView,
    rows: Vec<RowLink>,
    files: Vec<FileLink>,
}

#[derive(Debug, Serialize)]
struct RowLink {
    citation: String,
    title: String,
    href: String,
    edit: String,
}

#[derive(Debug, Clone, Serialize)]
struct FileLink {
    path: String,
    whole: String,
    line: u32,
    open: String,
    /// It is not there yet.
    is_new: bool,
}

/// What one person has to write.
#[derive(Debug, Serialize)]
struct Owner {
    id: String,
    name: String,
    nobody: bool,
    soonest: Option<Day>,
    late: bool,
    rows: Vec<Item>,
}

/// What is missing on one row.
#[derive(Debug, Serialize)]
struct Item {
    row: RowLink,
    state: StateView,
    gap_href: String,
    due: Option<Day>,
    late: bool,
    files: Vec<InFile>,
    plans: Vec<String>,
}

/// What is missing in one file.
#[derive(Debug, Serialize)]
struct InFile {
    file: FileLink,
    messages: Vec<Html>,
    more: usize,
}

/// The page of a snapshot; `None` while there is no site.
pub fn view(snapshot: &Snapshot, dir: &Path, editing: bool) -> Option<Staff> {
    let site = snapshot.site.as_deref()?;
    let binder = site.built.binder.as_ref()?;
    let maker = Maker {
        binder,
        folder: &site.folder,
        editor: Editor::new(dir, Some(site)),
        editing,
    };
    Some(Staff {
        practice: binder.meta.practice.clone(),
        as_of: binder.meta.as_of.into(),
        rows: binder
            .assessments
            .iter()
            .filter(|a| a.state != State::DoesNotApply)
            .count(),
        counts: maker.counts(),
        gaps_href: format!("/{}", address::GAPS),
        editing,
        first: maker.first(),
        private: maker.private(&site.built.diagnostics),
        owners: maker.owners(),
    })
}

struct Maker<'a> {
    binder: &'a Binder,
    folder: &'a Folder,
    editor: Editor,
    editing: bool,
}

/// The day until which a gap is to be closed.
fn due(gap: &Gap) -> Option<Date> {
    gap.plan.as_ref().and_then(|plan| plan.due)
}

impl Maker<'_> {
    /// By file. The messages show shortened values only.
    fn private(&self, diagnostics: &[Diagnostic]) -> Vec<InFile> {
        let mut files: Vec<InFile> = vec![];
        for problem in diagnostics
            .iter()
            .filter(|problem| phi::CODES.contains(&problem.code))
        {
            let words = match problem.place.line {
                0 => capital(&problem.message),
                line => format!("Line {line}: {}", problem.message),
            };
            match files
                .last_mut()
                .filter(|file| file.file.path == *problem.place.file)
            {
                Some(file) if file.messages.len() < PRIVATE => file.messages.push(prose(&words)),
                Some(file) => file.more += 1,
                None => files.push(InFile {
                    file: self.file(&problem.place.file, problem.place.line),
                    messages: vec![prose(&words)],
                    more: 0,
                }),
            }
        }
        files
    }

    fn counts(&self) -> Vec<Count> {
        let states = [
            State::Documented,
            State::PartlyDocumented,
            State::NotDocumented,
            State::DoesNotApply,
        ];
        let total = self.binder.assessments.len().max(1);
        let mut before = 0;
        let counts = states.into_iter().map(|state| {
            let number = self
                .binder
                .assessments
                .iter()
                .filter(|a| a.state == state)
                .count();
            let from = before * 1000 / total;
            before += number;
            Count {
                state: state.into(),
                number,
                from,
                width: before * 1000 / total - from,
                href: format!("/{}?state={}", address::STANDARDS, state.name()),
            }
        });
        counts.collect()
    }

    fn file(&self, path: &str, line: u32) -> FileLink {
        let is_new = !self.folder.files.contains_key(path);
        FileLink {
            whole: self.editor.path(path),
            open: if is_new {
                String::new()
            } else {
                self.editor.link(path, line)
            },
            path: path.to_string(),
            line,
            is_new,
        }
    }

    fn row(&self, row: RowId) -> RowLink {
        let data = &rule()[row];
        RowLink {
            citation: data.citation.to_string(),
            title: data.name().to_string(),
            href: format!("/{}", address::row_page(row)),
            edit: if self.editing {
                edit::address(row)
            } else {
                String::new()
            },
        }
    }

    /// Shown while most of the rows have nothing, and some step is still to begin.
    fn first(&self) -> Option<First> {
        let state = |row: RowId| self.binder.assessment(row).state;
        let applies = self
            .binder
            .assessments
            .iter()
            .filter(|a| a.state != State::DoesNotApply);
        let empty = applies
            .clone()
            .filter(|a| a.state == State::NotDocumented)
            .count();
        if empty * 2 < applies.clone().count() {
            return None;
        }
        let step = |step: starter::FirstStep| {
            let rows: Vec<RowId> = step
                .rows
                .iter()
                .copied()
                .filter(|row| state(*row) != State::DoesNotApply)
                .collect();
            let all = |wanted: State| rows.iter().all(|row| state(*row) == wanted);
            let whole = if all(State::Documented) {
                State::Documented
            } else if all(State::NotDocumented) {
                State::NotDocumented
            } else {
                State::PartlyDocumented
            };
            Step {
                title: step.title,
                todo: prose(step.todo),
                state: whole.into(),
                files: step.files().iter().map(|path| self.file(path, 1)).collect(),
                rows: rows.into_iter().map(|row| self.row(row)).collect(),
            }
        };
        let steps: Vec<Step> = starter::first_ten()
            .into_iter()
            .map(step)
            .filter(|step| !step.rows.is_empty())
            .collect();
        let not_begun = steps
            .iter()
            .filter(|step| step.state == State::NotDocumented.into())
            .count();
        let fresh = applies.clone().all(|a| a.state == State::NotDocumented);
        (not_begun > 0).then_some(First {
            fresh,
            begun: steps.len() - not_begun,
            steps,
        })
    }

    fn owners(&self) -> Vec<Owner> {
        let mut owners: BTreeMap<String, BTreeMap<RowId, Vec<&Gap>>> = BTreeMap::new();
        for gap in self.binder.assessments.iter().flat_map(|a| &a.gaps) {
            // Closed by closing those of its specifications.
            if gap.kind != GapKind::SpecificationOpen {
                let rows = owners.entry(gap.owner.trim().to_string()).or_default();
                rows.entry(gap.row).or_default().push(gap);
            }
        }
        let soonest = |gaps: &[&Gap]| gaps.iter().filter_map(|gap| due(gap)).min();
        // Nobody comes last, and of the others those with the earliest day first.
        let mut owners: Vec<_> = owners.into_iter().collect();
        owners.sort_by_key(|(name, rows)| {
            let first = rows.values().filter_map(|gaps| soonest(gaps)).min();
            (name.is_empty(), first.is_none(), first, name.to_lowercase())
        });
        let late = |day: Option<Date>| day.is_some_and(|day| day < self.binder.meta.as_of);
        owners
            .into_iter()
            .enumerate()
            .map(|(n, (name, rows))| {
                let mut rows: Vec<_> = rows
                    .into_iter()
                    .map(|(row, gaps)| (soonest(&gaps), row, gaps))
                    .collect();
                rows.sort_by_key(|(day, row, _)| (day.is_none(), *day, *row));
                let first = rows.first().and_then(|(day, ..)| *day);
                Owner {
                    id: format!("owner-{}", n + 1),
                    nobody: name.is_empty(),
                    name: if name.is_empty() { NOBODY.to_string() } else { name },
                    soonest: first.map(Day::from),
                    late: late(first),
                    rows: rows
                        .into_iter()
                        .map(|(day, row, gaps)| self.item(row, &gaps, day, late(day)))
                        .collect(),
                }
            })
            .collect()
    }

    fn item(&self, row: RowId, gaps: &[&Gap], day: Option<Date>, late: bool) -> Item {
        let mut files: Vec<InFile> = Vec::new();
        for gap in gaps {
            let path = &*gap.place.file;
            let place = files.iter().position(|there| there.file.path == path);
            let there = match place {
                Some(at) => &mut files[at],
                None => {
                    files.push(InFile {
                        file: self.file(path, gap.place.line),
                        messages: vec![],
                        more: 0,
                    });
                    let last = files.len() - 1;
                    &mut files[last]
                }
            };
            if there.messages.len() < MESSAGES {
                there.messages.push(prose(&gap.message));
            } else {
                there.more += 1;
            }
        }
        let mut plans: Vec<String> = gaps
            .iter()
            .filter_map(|gap| Some(gap.plan.as_ref()?.action.clone()))
            .collect();
        plans.dedup();
        let writable = |gap: &&Gap| matches!(gap.mark, None | Some(MarkName::Answer | MarkName::Decision));
        let mut link = self.row(row);
        if !gaps.iter().any(writable) {
            link.edit.clear();
        }
        Item {
            row: link,
            state: self.binder.assessment(row).state.into(),
            gap_href: format!("/{}", address::gap_page(row)),
            due: day.map(Day::from),
            late,
            files,
            plans,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_an_editor_name_the_whole_path() {
        let editor = Editor {
            dir: PathBuf::from("/home/ann lee/clinic #1"),
            template: "vscode://file/{path}:{line}".into(),
        };
        assert_eq!(
            editor.link("answers/164.308/a(1)\".md", 0),
            "vscode://file/home/ann%20lee/clinic%20%231/answers/164.308/a%281%29%22.md:1"
        );
        assert_eq!(
            editor.path("answers/a.md"),
            format!("{}", editor.dir.join("answers").join("a.md").display())
        );
        let none = Editor {
            template: String::new(),
            ..editor
        };
        assert_eq!(none.link("answers/a.md", 3), "");
    }

    #[test]
    fn names_can_not_fill_in_the_line() {
        let editor = Editor {
            dir: PathBuf::from("/c"),
            template: "zed://file/{path}:{line}".into(),
        };
        assert_eq!(
            editor.link("answers/{line}.md", 7),
            "zed://file/c/answers/%7Bline%7D.md:7"
        );
    }
}
