//! The changes as text, for a terminal.
//!
//! Words that are gone stand in `[-` and `-]`, new ones in `{+` and `+}`, with and without colour.

use super::changes::{
    AnswerChange, CellTurn, Changes, ExhibitChange, How, LineChange, PolicyChange, RecordChange,
    RegisterChange, RowChange, Turn,
};
use super::extract::Side;
use super::words::{Fate, Piece, Redline, spans};
use crate::gap::{Mark, State};

/// Columns of a line of text.
const WIDTH: usize = 96;
/// Lines of a register that are written out; of a long log the others are counted.
pub const LINES_SHOWN: usize = 12;
/// How many cells say which line of a register is spoken of.
const TELLING: usize = 2;

const BOLD: &str = "\u{1b}[1m";
const RED: &str = "\u{1b}[31;9m";
const GREEN: &str = "\u{1b}[32;4m";
const DIM: &str = "\u{1b}[2m";
const PLAIN: &str = "\u{1b}[0m";

/// All changes, as people read them.
pub fn human(changes: &Changes, color: bool) -> String {
    let mut out = Text {
        out: String::new(),
        color,
    };
    let to = &changes.to;
    match &changes.from {
        None => out.line(0, &format!("There is no version before {}.", side(to))),
        Some(from) => out.line(0, &format!("From {} to {}.", side(from), side(to))),
    }
    for remark in &changes.remarks {
        out.line(0, remark);
    }
    if changes.from.is_none() {
        return out.out;
    }
    out.line(0, &summary(changes));
    if !changes.practice.is_empty() {
        out.head("The practice");
        out.turns(2, &changes.practice);
    }
    out.list("Rows", &changes.rows, row);
    out.list("Policies", &changes.policies, policy);
    out.list("Records", &changes.records, record);
    out.list("Registers", &changes.registers, register);
    out.list("Exhibits", &changes.exhibits, exhibit);
    out.out
}

/// "Changed: 2 rows, 1 policy." or "Nothing changed."
pub fn summary(changes: &Changes) -> String {
    let counts = changes.counts();
    let of = [
        (counts.rows, "row", "rows"),
        (counts.policies, "policy", "policies"),
        (counts.records, "record", "records"),
        (counts.registers, "register", "registers"),
        (counts.exhibits, "exhibit", "exhibits"),
        (
            changes.practice.len(),
            "fact on the practice",
            "facts on the practice",
        ),
    ];
    let words: Vec<String> = of
        .iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| format!("{number} {}", if *number == 1 { one } else { many }))
        .collect();
    match words.is_empty() {
        true => "Nothing changed.".to_string(),
        false => format!("Changed: {}.", words.join(", ")),
    }
}

fn side(side: &Side) -> String {
    format!("{}, as of {}", side.name(), side.as_of)
}

/// A state or a mark by its name in data, in words.
pub fn in_words(name: &str) -> String {
    let states = [
        State::Documented,
        State::PartlyDocumented,
        State::NotDocumented,
        State::DoesNotApply,
    ];
    let state = states.iter().find(|state| state.name() == name);
    let marks = [Mark::None, Mark::Partial, Mark::Full, Mark::NotNeeded];
    let mark = marks.iter().any(|mark| mark.name() == name);
    match state {
        Some(state) => state.words().to_string(),
        None if mark => name.replace('-', " "),
        None => name.to_string(),
    }
}

/// What became of an item, beside its name; "" where it only changed.
pub fn fate(how: How) -> &'static str {
    match how {
        How::New => "new",
        How::Changed => "",
        How::Gone => "no longer in the binder",
    }
}

struct Text {
    out: String,
    color: bool,
}

impl Text {
    fn painted(&self, text: &str, code: &str) -> String {
        match self.color {
            true => format!("{code}{text}{PLAIN}"),
            false => text.to_string(),
        }
    }

    fn head(&mut self, title: &str) {
        let title = self.painted(title, BOLD);
        self.out.push_str(&format!("\n{title}\n"));
    }

    fn list<T>(&mut self, title: &str, items: &[T], write: fn(&mut Text, &T)) {
        if !items.is_empty() {
            self.head(title);
            items.iter().for_each(|item| write(self, item));
        }
    }

    /// The line that an item begins with.
    fn item(&mut self, name: &str, title: &str, how: How) {
        let (name, title) = (harmless(name, false), harmless(title, false));
        let name = self.painted(&name, BOLD);
        let how = match fate(how) {
            "" => String::new(),
            words => format!(" ({words})"),
        };
        self.out.push_str(&format!("\n  {name}  {title}{how}\n"));
    }

    fn line(&mut self, indent: usize, text: &str) {
        let words = text.split_whitespace().map(|word| (Fate::Stayed, word));
        self.flow(indent, "", words.collect());
    }

    fn turns(&mut self, indent: usize, turns: &[Turn]) {
        for turn in turns {
            let value = |text: &str| match text {
                "" => "nothing".to_string(),
                text => in_words(text),
            };
            let text = format!("{}: {} -> {}", turn.name, value(&turn.old), value(&turn.new));
            self.line(indent, &text);
        }
    }

    /// The values of something new or gone: there is no other side.
    fn values(&mut self, indent: usize, turns: &[Turn]) {
        for turn in turns {
            self.line(indent, &format!("{}: {}{}", turn.name, turn.old, turn.new));
        }
    }

    fn facts(&mut self, indent: usize, how: How, turns: &[Turn]) {
        match how {
            How::Changed => self.turns(indent, turns),
            How::New => self.values(indent, turns),
            How::Gone => {}
        }
    }

    fn redline(&mut self, indent: usize, redline: &Redline) {
        for piece in &redline.pieces {
            match piece {
                Piece::Folded(number) => {
                    let words = format!("... {} unchanged ...", paragraphs(*number));
                    let words = self.painted(&words, DIM);
                    self.out.push_str(&format!("{}{words}\n", " ".repeat(indent)));
                }
                Piece::Para { spans, .. } => {
                    // Marks cling to the words they belong to.
                    let mut words: Vec<(Fate, String)> = vec![];
                    let mut glued = false;
                    for span in spans {
                        let (open, close) = match span.fate {
                            Fate::Stayed => ("", ""),
                            Fate::Removed => ("[-", "-]"),
                            Fate::Added => ("{+", "+}"),
                        };
                        let lead = span.text.starts_with(char::is_whitespace);
                        let mut pieces: Vec<String> =
                            span.text.split_whitespace().map(str::to_string).collect();
                        if let Some(first) = pieces.first_mut() {
                            first.insert_str(0, open);
                        }
                        if let Some(last) = pieces.last_mut() {
                            last.push_str(close);
                        }
                        for (at, piece) in pieces.into_iter().enumerate() {
                            match words.last_mut() {
                                Some((_, last)) if at == 0 && glued && !lead => {
                                    let piece = self.tinted(span.fate, &piece);
                                    last.push_str(&piece);
                                }
                                _ => words.push((Fate::Stayed, self.tinted(span.fate, &piece))),
                            }
                        }
                        glued = !span.text.ends_with(char::is_whitespace);
                    }
                    let words = words.iter().map(|(fate, word)| (*fate, word.as_str())).collect();
                    self.flow(indent, "", words);
                }
            }
        }
    }

    fn tinted(&self, fate: Fate, text: &str) -> String {
        match fate {
            Fate::Stayed => text.to_string(),
            Fate::Removed => self.painted(text, RED),
            Fate::Added => self.painted(text, GREEN),
        }
    }

    /// Words in lines of [`WIDTH`] columns.
    fn flow(&mut self, indent: usize, first: &str, words: Vec<(Fate, &str)>) {
        let margin = " ".repeat(indent);
        let mut line = format!("{margin}{first}");
        let mut width = visible(&line);
        let mut is_empty = true;
        for (_, word) in words {
            let needed = visible(word) + usize::from(!is_empty);
            if !is_empty && width + needed > WIDTH {
                self.out.push_str(&line);
                self.out.push('\n');
                line = margin.clone();
                width = indent;
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
                width += 1;
            }
            line.push_str(&harmless(word, self.color));
            width += visible(word);
            is_empty = false;
        }
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }
}

/// Control characters of a text must not steer the terminal; our own colours may.
fn harmless(word: &str, color: bool) -> String {
    let ours = [RED, GREEN, PLAIN, BOLD, DIM];
    let mut out = String::new();
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        let code = ours.iter().find(|code| color && rest.starts_with(**code));
        match code {
            Some(code) => {
                out.push_str(code);
                rest = &rest[code.len()..];
            }
            None => {
                out.push(if c.is_control() { '\u{fffd}' } else { c });
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// Columns that a word takes, colours left out.
fn visible(word: &str) -> usize {
    let mut count = 0;
    let mut in_code = false;
    for c in word.chars() {
        match (in_code, c) {
            (false, '\u{1b}') => in_code = true,
            (true, 'm') => in_code = false,
            (true, _) => {}
            (false, _) => count += 1,
        }
    }
    count
}

/// "1 paragraph", "14 paragraphs".
pub fn paragraphs(number: usize) -> String {
    match number {
        1 => "1 paragraph".to_string(),
        number => format!("{number} paragraphs"),
    }
}

fn row(out: &mut Text, row: &RowChange) {
    out.item(&row.row, &row.title, How::Changed);
    out.turns(4, row.state.as_slice());
    out.turns(4, &row.marks);
    out.turns(4, row.applies.as_slice());
    if let Some(answer) = &row.answer {
        self::answer(out, answer);
    }
    for gap in &row.gaps_closed {
        out.line(4, &format!("No longer a gap: {gap}"));
    }
    for gap in &row.gaps_opened {
        out.line(4, &format!("New gap: {gap}"));
    }
}

fn answer(out: &mut Text, answer: &AnswerChange) {
    match answer.how {
        How::New => out.line(4, "The answer is new."),
        How::Gone => out.line(4, "The answer is no longer in the binder."),
        How::Changed => {}
    }
    out.facts(4, answer.how, &answer.facts);
    for question in &answer.questions {
        out.line(4, &format!("{}. {}", question.number, question.ask));
        out.redline(6, &question.words);
    }
    for decision in &answer.decisions {
        let scope = match decision.scope.as_str() {
            "" => String::new(),
            scope => format!(", {scope}"),
        };
        let how = match fate(decision.how) {
            "" => "changed",
            words => words,
        };
        out.line(4, &format!("Decision{scope}: {how}"));
        out.facts(6, decision.how, &decision.facts);
        if let Some(words) = &decision.words {
            out.redline(6, words);
        }
    }
    if let Some(more) = &answer.more {
        out.line(4, "More in the answer file:");
        out.redline(6, more);
    }
}

fn policy(out: &mut Text, policy: &PolicyChange) {
    out.item(&policy.id, &policy.title, policy.how);
    out.facts(4, policy.how, &policy.facts);
    for reason in &policy.reasons {
        let day = reason.date.map_or(String::new(), |day| format!(" of {day}"));
        out.line(
            4,
            &format!("Reason, version {}{day}: {}", reason.version, reason.change),
        );
    }
    for review in &policy.reviews {
        out.line(
            4,
            &format!("Reviewed {} by {}: {}", review.date, review.by, review.result),
        );
    }
    if policy.only_layout {
        out.line(4, "Only the layout of the text changed, no word of it.");
    }
    if let Some(words) = &policy.words {
        out.redline(6, words);
    }
    if let Some(pending) = &policy.pending {
        out.line(
            4,
            "A change that waits for approval, against the words in effect:",
        );
        out.redline(6, pending);
    }
}

fn record(out: &mut Text, record: &RecordChange) {
    out.item(&record.id, &record.title, record.how);
    out.facts(4, record.how, &record.facts);
    if let Some(words) = &record.words {
        out.redline(6, words);
    }
}

fn register(out: &mut Text, register: &RegisterChange) {
    out.item(&register.name, &register.title, register.how);
    for (how, words) in [
        (How::New, "added"),
        (How::Changed, "changed"),
        (How::Gone, "no longer there"),
    ] {
        let number = register.count(how);
        if number == 0 {
            continue;
        }
        let lines = if number == 1 { "line" } else { "lines" };
        out.line(4, &format!("{number} {lines} {words}:"));
        let of_kind = register.lines.iter().filter(|line| line.how == how);
        of_kind.take(LINES_SHOWN).for_each(|line| self::line(out, line));
        if number > LINES_SHOWN {
            out.line(6, &format!("... and {} more ...", number - LINES_SHOWN));
        }
    }
}

fn line(out: &mut Text, line: &LineChange) {
    let cell = |cell: &CellTurn| match line.how {
        How::New => format!("{}: {}", cell.name, cell.new),
        How::Gone => format!("{}: {}", cell.name, cell.old),
        How::Changed if cell.old == cell.new => format!("{}: {}", cell.name, cell.new),
        How::Changed => {
            let words: String = spans(&cell.old, &cell.new)
                .iter()
                .map(|span| match span.fate {
                    Fate::Stayed => span.text.clone(),
                    Fate::Removed => out.tinted(span.fate, &format!("[-{}-]", span.text)),
                    Fate::Added => out.tinted(span.fate, &format!("{{+{}+}}", span.text)),
                })
                .collect();
            format!("{}: {words}", cell.name)
        }
    };
    // Of a changed line its first cells say which one it is.
    let mut telling = 0;
    let shown = line.cells.iter().filter(|cell| {
        let is_same = line.how == How::Changed && cell.old == cell.new;
        telling += usize::from(is_same);
        !is_same || telling <= TELLING
    });
    let cells: Vec<String> = shown.map(cell).collect();
    out.line(6, &format!("- {}", cells.join("; ")));
}

fn exhibit(out: &mut Text, exhibit: &ExhibitChange) {
    out.item(&exhibit.id, &exhibit.title, exhibit.how);
    out.facts(4, exhibit.how, &exhibit.facts);
    if let Some(file) = exhibit.file.as_ref().filter(|_| exhibit.how == How::Changed) {
        match (file.old.is_empty(), file.new.is_empty()) {
            (true, _) => out.line(4, "Its file was added."),
            (_, true) => out.line(4, "Its file is no longer there."),
            _ => out.line(4, "Its file has other bytes."),
        }
    }
}
