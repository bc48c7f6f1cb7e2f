//! The difference of two texts in print.
//!
//! Added words are underlined and stand in `[+` and `+]`, removed ones are struck and stand in `[\u{2212}` and `\u{2212}]`:
//! a copy, a fax and somebody who hears the page tell them apart as well.

use super::cells;
use super::emit::{Arg, Emitter};
use crate::binder::PolicyLife;
use crate::history::plain::Kind;
use crate::history::report::{in_words, paragraphs};
use crate::history::texts::{TextChange, words};
use crate::history::words::{Fate, Piece, Redline};

/// Label of the change that waits in the policy with this label.
pub(super) fn label(policy: &str) -> String {
    format!("{policy}-change")
}

/// What a text that waits changes in the words in effect, under a heading with a label.
pub(super) fn pending(em: &mut Emitter, life: &PolicyLife, label: &str) {
    let Some(waits) = life.pending else { return };
    let (old, new) = (&life.texts[life.shown].policy, &life.texts[waits].policy);
    let change = TextChange::new(old, new);
    em.open("hd", &[("", Arg::Int(3)), ("to", Arg::Label(label))]);
    em.text(match life.approved_from() {
        Some(_) => "Change that is approved and not yet in effect",
        None => "Change that waits for approval",
    });
    em.close();
    let until = match life.approved_from() {
        Some(day) => format!("until {day}"),
        None => "until it is approved".to_string(),
    };
    cells::lead(
        em,
        &format!("This is not in effect {until}. The words above are. {KEY}"),
    );
    let turns: Vec<(&str, String)> = change
        .turns
        .iter()
        .map(|turn| {
            let value = |text: &str| match text {
                "" => "nothing".to_string(),
                text => in_words(text),
            };
            (
                turn.name.as_str(),
                format!("{}; was {}", value(&turn.new), value(&turn.old)),
            )
        })
        .collect();
    cells::facts(em, &turns);
    for reason in &change.reasons {
        let day = reason.date.map_or(String::new(), |day| format!(", {day}"));
        cells::paragraph(
            em,
            &format!("Why, version {}{day}: {}", reason.version, reason.change),
        );
    }
    match words(&old.body, &new.body) {
        Some(words) => redline(em, &words),
        None => cells::lead(
            em,
            "No word of the text differs, only its layout or what is said beside it.",
        ),
    }
}

const KEY: &str = "Words added are underlined, between [+ and +]; words removed are struck through, between [\u{2212} and \u{2212}].";

fn redline(em: &mut Emitter, redline: &Redline) {
    for piece in &redline.pieces {
        match piece {
            Piece::Folded(number) => {
                cells::lead(
                    em,
                    &format!("\u{2026} {} unchanged \u{2026}", paragraphs(*number)),
                );
            }
            Piece::Para { kind, spans } => {
                let kind = match kind {
                    Kind::Heading => "heading",
                    Kind::Text | Kind::Row => "text",
                    Kind::Item => "item",
                    Kind::Code => "code",
                };
                em.open("redlined", &[("", Arg::Str(kind))]);
                for span in spans {
                    let (name, open, close) = match span.fate {
                        Fate::Stayed => {
                            em.text(&span.text);
                            continue;
                        }
                        Fate::Added => ("added", "[+", "+]"),
                        Fate::Removed => ("removed", "[\u{2212}", "\u{2212}]"),
                    };
                    // Space at either end is no part of what is marked.
                    let words = span.text.trim();
                    let lead = span.text.len() - span.text.trim_start().len();
                    em.text(&span.text[..lead]);
                    em.text(open);
                    em.open(name, &[]);
                    em.text(words);
                    em.close_inline();
                    em.text(close);
                    em.text(&span.text[(lead + words.len()).min(span.text.len())..]);
                }
                em.close();
            }
        }
    }
}
