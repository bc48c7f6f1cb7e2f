//! Patient data: a copy that is handed over is not made while anything in it may show some.

use crate::content::{Content, Handling, Phi};
use crate::diagnostic::{Diagnostic, Place};

/// An error for each item that may show patient data: evidence until somebody has said that it does not, anything else
/// where it says that it does or may.
pub(super) fn not_cleared(content: &Content) -> Vec<Diagnostic> {
    let mut problems: Vec<Diagnostic> = content
        .exhibits
        .iter()
        .filter_map(|exhibit| {
            let phi = exhibit.handling.phi.unwrap_or_default();
            refused(phi, format!("exhibit {}", exhibit.id), exhibit.place.clone())
        })
        .collect();
    let mut add = |handling: &Handling, what: String, place: &Place| {
        problems.extend(handling.phi.and_then(|phi| refused(phi, what, place.clone())));
    };
    for answer in &content.answers {
        add(
            &answer.handling,
            format!("the answer to {}", answer.row),
            &answer.place,
        );
    }
    for policy in content.policies.iter().chain(&content.approved) {
        add(&policy.handling, format!("\"{}\"", policy.title), &policy.place);
    }
    for record in &content.records {
        add(&record.handling, format!("\"{}\"", record.title), &record.place);
    }
    // The lines of the evidence register are the exhibits.
    for (_, table) in content.registers.iter().filter(|(name, _)| **name != "evidence") {
        let what = || format!("this line of the register \"{}\"", table.register.title);
        for entry in &table.entries {
            add(&entry.handling, what(), &entry.place);
        }
        for none in &table.nones {
            add(&none.handling, what(), &none.place);
        }
    }
    problems
}

fn refused(phi: Phi, what: String, place: Place) -> Option<Diagnostic> {
    let why = match phi {
        Phi::None | Phi::Redacted => return None,
        Phi::Contains => "is marked as showing patient data",
        Phi::Unknown => "may show patient data: nobody has said",
    };
    let message = format!("{what} {why}, so a production edition with it is not made");
    let help = "Look at it. Then say phi = none, or redacted once it is blacked out. Or leave it out of what is \
                handed over: privileged = true, or an audience that --audience does not reach.";
    let mut letters = message.chars();
    let message: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect();
    Some(Diagnostic::error("phi-not-cleared", place, message).help(help))
}
