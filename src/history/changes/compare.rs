//! Two extracts against each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AnswerChange, Changes, DecisionChange, ExhibitChange, FORMAT, How, PolicyChange, QuestionChange,
    RecordChange, RowChange, Turn, by_day, registers,
};
use crate::gap::GapKind;
use crate::history::extract::{
    AnswerWords, DecisionWords, ExhibitWords, Extract, GapWords, PolicyWords, QuestionWords, RecordWords,
    RowWords, TextWords,
};
use crate::history::plain::Para;
use crate::history::words::Redline;

/// What changed from `old` to `new`. Where they were made for different readers, what both may read is compared.
pub fn compare(old: &Extract, new: &Extract) -> Changes {
    let mut remarks = vec![];
    let (a, b) = (&old.side, &new.side);
    if a.edition != b.edition {
        remarks.push(format!(
            "{} is the {}, {} the {}: what only one of them shows stands here as new or gone.",
            sentence(&a.name()),
            a.edition.words().to_lowercase(),
            b.name(),
            b.edition.words().to_lowercase()
        ));
    }
    if a.audience != b.audience {
        remarks.push(
            "The two were made for different readers: only what both may show is compared.".to_string(),
        );
        let readers = a.audience.min(b.audience);
        let (old, new) = (old.clone().for_readers(readers), new.clone().for_readers(readers));
        return Changes {
            from: Some(a.clone()),
            to: b.clone(),
            remarks,
            ..of(&old, &new)
        };
    }
    Changes {
        remarks,
        ..of(old, new)
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

fn of(old: &Extract, new: &Extract) -> Changes {
    let with_gaps = old.side.shows_gaps() && new.side.shows_gaps();
    Changes {
        format: FORMAT,
        from: Some(old.side.clone()),
        to: new.side.clone(),
        remarks: vec![],
        practice: turns(&old.practice, &new.practice),
        rows: rows(&old.rows, &new.rows, with_gaps),
        policies: both(&old.policies, &new.policies, |policy| policy.id.as_str())
            .filter_map(|(old, new)| policy(old, new))
            .collect(),
        records: both(&old.records, &new.records, |record| record.id.as_str())
            .filter_map(|(old, new)| record(old, new))
            .collect(),
        registers: both(&old.registers, &new.registers, |register| register.name.as_str())
            .filter_map(|(old, new)| registers::register(old, new))
            .collect(),
        exhibits: both(&old.exhibits, &new.exhibits, |exhibit| exhibit.id.as_str())
            .filter_map(|(old, new)| exhibit(old, new))
            .collect(),
    }
}

/// An item on both sides.
type Pair<'a, T> = (Option<&'a T>, Option<&'a T>);

/// Items of both sides with one id, by id; of several with one id the first with the first, and so on.
fn both<'a, T>(old: &'a [T], new: &'a [T], id: impl Fn(&T) -> &str) -> impl Iterator<Item = Pair<'a, T>> {
    let numbered = |list: &'a [T]| {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let id = &id;
        list.iter().map(move |item| {
            let number = seen.entry(id(item).to_string()).or_default();
            *number += 1;
            ((id(item).to_string(), *number), item)
        })
    };
    let mut pairs: BTreeMap<(String, usize), Pair<'a, T>> = BTreeMap::new();
    for (id, item) in numbered(old) {
        pairs.entry(id).or_default().0 = Some(item);
    }
    for (id, item) in numbered(new) {
        pairs.entry(id).or_default().1 = Some(item);
    }
    pairs.into_values()
}

fn how<T>(old: Option<T>, new: Option<T>) -> How {
    match (old, new) {
        (None, _) => How::New,
        (_, None) => How::Gone,
        _ => How::Changed,
    }
}

fn turn(name: &str, old: &str, new: &str) -> Option<Turn> {
    (old != new).then(|| Turn {
        name: name.to_string(),
        old: old.to_string(),
        new: new.to_string(),
    })
}

/// Named values that are not the same, in the order of the newer list.
pub(crate) fn turns(old: &[(String, String)], new: &[(String, String)]) -> Vec<Turn> {
    let value = |list: &[(String, String)], name: &str| -> String {
        list.iter()
            .find(|(of, _)| of == name)
            .map_or(String::new(), |(_, value)| value.clone())
    };
    let mut names: Vec<&str> = vec![];
    for (name, _) in new.iter().chain(old) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
        .into_iter()
        .filter_map(|name| turn(name, &value(old, name), &value(new, name)))
        .collect()
}

fn rows(old: &[RowWords], new: &[RowWords], with_gaps: bool) -> Vec<RowChange> {
    let before: BTreeMap<&str, &RowWords> = old.iter().map(|row| (row.row.as_str(), row)).collect();
    let none = RowWords::default();
    // The rule's own order is that of the newer list. Rows that an older edition of the rule had come last.
    let there: BTreeSet<&str> = new.iter().map(|row| row.row.as_str()).collect();
    let gone = old.iter().filter(|row| !there.contains(row.row.as_str()));
    let pairs = new
        .iter()
        .map(|row| (before.get(row.row.as_str()).copied().unwrap_or(&none), row))
        .chain(gone.map(|row| (row, &none)));
    pairs
        .map(|(old, new)| row(old, new, with_gaps))
        .filter(|row| !row.is_empty())
        .collect()
}

fn row(old: &RowWords, new: &RowWords, with_gaps: bool) -> RowChange {
    let named = if new.row.is_empty() { old } else { new };
    // Which specifications keep a standard from being documented is said on their own rows.
    let same = |a: &GapWords, b: &GapWords| {
        a.kind == b.kind && (a.message == b.message || a.kind == GapKind::SpecificationOpen.name())
    };
    let missing = |from: &[GapWords], but: &[GapWords]| -> Vec<String> {
        let list = from
            .iter()
            .filter(|gap| with_gaps && !but.iter().any(|other| same(gap, other)));
        list.map(|gap| gap.message.clone()).collect()
    };
    RowChange {
        row: named.row.clone(),
        title: named.title.clone(),
        state: turn("State", &old.state, &new.state),
        marks: turns(&old.marks, &new.marks),
        applies: turn("Applies", &old.applies, &new.applies),
        answer: answer(old.answer.as_ref(), new.answer.as_ref()),
        gaps_closed: missing(&old.gaps, &new.gaps),
        gaps_opened: missing(&new.gaps, &old.gaps),
    }
}

fn answer(old: Option<&AnswerWords>, new: Option<&AnswerWords>) -> Option<AnswerChange> {
    if old == new {
        return None;
    }
    let none = AnswerWords::default();
    let (a, b) = (old.unwrap_or(&none), new.unwrap_or(&none));
    let numbers: BTreeSet<u8> = a.questions.iter().chain(&b.questions).map(|q| q.number).collect();
    let questions = numbers.into_iter().filter_map(|number| {
        let old = a.questions.iter().find(|question| question.number == number);
        let new = b.questions.iter().find(|question| question.number == number);
        let words =
            |side: Option<&QuestionWords>| side.map_or_else(Vec::new, |question| question.text.clone());
        let (before, after) = (words(old), words(new));
        let answered = |words: &[Para]| (!words.is_empty()).then_some(());
        Some(QuestionChange {
            number,
            ask: new.or(old)?.ask.clone(),
            how: how(answered(&before), answered(&after)),
            words: Redline::new(&before, &after)?,
        })
    });
    let change = AnswerChange {
        audience: a.audience.max(b.audience),
        how: how(old, new),
        facts: turns(&a.facts, &b.facts),
        questions: questions.collect(),
        decisions: both(&a.decisions, &b.decisions, |decision| decision.scope.as_str())
            .filter_map(|(old, new)| decision(old, new))
            .collect(),
        more: Redline::new(&a.more, &b.more),
    };
    let says_something = old.is_none()
        || new.is_none()
        || !(change.facts.is_empty()
            && change.questions.is_empty()
            && change.decisions.is_empty()
            && change.more.is_none());
    says_something.then_some(change)
}

fn decision(old: Option<&DecisionWords>, new: Option<&DecisionWords>) -> Option<DecisionChange> {
    if old == new {
        return None;
    }
    let none = DecisionWords::default();
    let (a, b) = (old.unwrap_or(&none), new.unwrap_or(&none));
    Some(DecisionChange {
        scope: new.or(old)?.scope.clone(),
        how: how(old, new),
        facts: turns(&a.facts, &b.facts),
        words: Redline::new(&a.text, &b.text),
    })
}

/// Where a policy stands, in words.
fn standing(name: &str) -> String {
    match name {
        "in-effect" => "in effect".to_string(),
        "draft" => "draft, not in effect".to_string(),
        "not-yet" => "approved, takes effect later".to_string(),
        "lapsed" => "no longer in effect".to_string(),
        other => other.replace('-', " "),
    }
}

/// Everything said of a text beside its words.
fn said(policy: &PolicyWords) -> Vec<(String, String)> {
    let text = &policy.shown;
    let mut all = vec![
        ("Standing".to_string(), standing(&policy.standing)),
        ("Version".to_string(), text.version.clone()),
        ("Title".to_string(), text.title.clone()),
    ];
    all.extend(text.facts.iter().cloned());
    let waits = policy.pending.as_ref().map(|text| match text.version.as_str() {
        "" => "a changed text".to_string(),
        version => format!("a changed text, version {version}"),
    });
    all.push(("Waits for approval".to_string(), waits.unwrap_or_default()));
    all
}

fn policy(old: Option<&PolicyWords>, new: Option<&PolicyWords>) -> Option<PolicyChange> {
    if old == new {
        return None;
    }
    let named = new.or(old)?;
    let both = old.zip(new);
    let words = both.and_then(|(old, new)| Redline::new(&old.shown.text, &new.shown.text));
    let reasons = new.map_or_else(Vec::new, |new| {
        let known = old.map_or(&[][..], |old| &old.shown.revisions);
        let mut reasons: Vec<_> = new
            .shown
            .revisions
            .iter()
            .filter(|reason| !known.contains(reason))
            .cloned()
            .collect();
        reasons.sort_by_key(by_day);
        reasons
    });
    let reviews = new.map_or_else(Vec::new, |new| {
        let known = old.map_or(&[][..], |old| &old.reviews);
        let list = new.reviews.iter().filter(|review| !known.contains(review));
        list.cloned().collect()
    });
    let facts = turns(&old.map_or_else(Vec::new, said), &new.map_or_else(Vec::new, said));
    let change = PolicyChange {
        id: named.id.clone(),
        title: named.shown.title.clone(),
        audience: old
            .into_iter()
            .chain(new)
            .map(|policy| policy.audience)
            .max()
            .unwrap_or_default(),
        how: how(old, new),
        only_layout: both.is_some_and(|(old, new)| is_only_layout(&old.shown, &new.shown)),
        facts,
        words,
        reasons,
        reviews,
        pending: new.and_then(|new| pending(old, new)),
    };
    let same = change.how == How::Changed
        && change.facts.is_empty()
        && change.words.is_none()
        && !change.only_layout
        && change.reasons.is_empty()
        && change.reviews.is_empty()
        && change.pending.is_none();
    (!same).then_some(change)
}

/// The digest covers the bytes of the text and a few lines about it; those are listed by themselves.
fn is_only_layout(old: &TextWords, new: &TextWords) -> bool {
    let about = |text: &TextWords| {
        let covered = ["Effective", "Documents"];
        let facts: Vec<_> = text
            .facts
            .iter()
            .filter(|(name, _)| covered.contains(&name.as_str()))
            .cloned()
            .collect();
        (text.title.clone(), text.version.clone(), facts)
    };
    old.digest != new.digest && old.text == new.text && about(old) == about(new)
}

fn pending(old: Option<&PolicyWords>, new: &PolicyWords) -> Option<Redline> {
    let waits = new.pending.as_ref()?;
    let known = old.and_then(|old| old.pending.as_ref());
    let is_known = known.is_some_and(|known| known.digest == waits.digest);
    match is_known {
        true => None,
        false => Redline::new(&new.shown.text, &waits.text),
    }
}

fn record(old: Option<&RecordWords>, new: Option<&RecordWords>) -> Option<RecordChange> {
    if old == new {
        return None;
    }
    let none = RecordWords::default();
    let (a, b) = (old.unwrap_or(&none), new.unwrap_or(&none));
    let named = new.or(old)?;
    let mut facts = turns(&a.facts, &b.facts);
    if old.is_some() && new.is_some() {
        facts.extend(turn("Title", &a.title, &b.title));
    }
    Some(RecordChange {
        id: named.id.clone(),
        title: named.title.clone(),
        audience: a.audience.max(b.audience),
        how: how(old, new),
        facts,
        words: old
            .zip(new)
            .and_then(|(old, new)| Redline::new(&old.text, &new.text)),
    })
    .filter(|change| change.how != How::Changed || !change.facts.is_empty() || change.words.is_some())
}

fn exhibit(old: Option<&ExhibitWords>, new: Option<&ExhibitWords>) -> Option<ExhibitChange> {
    if old == new {
        return None;
    }
    let none = ExhibitWords::default();
    let (a, b) = (old.unwrap_or(&none), new.unwrap_or(&none));
    let named = new.or(old)?;
    let mut facts = turns(&a.facts, &b.facts);
    if old.is_some() && new.is_some() {
        facts.extend(turn("Title", &a.title, &b.title));
    }
    Some(ExhibitChange {
        id: named.id.clone(),
        title: named.title.clone(),
        audience: a.audience.max(b.audience),
        how: how(old, new),
        facts,
        file: turn("File", &a.sha256, &b.sha256),
    })
    .filter(|change| change.how != How::Changed || !change.facts.is_empty() || change.file.is_some())
}
