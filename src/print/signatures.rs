//! Signature sheets: for whoever approves the policies, and for the workforce. Each says which binder it belongs to,
//! so that a signed sheet can't be put into another one.

use super::book::Book;
use super::cells::{self, Cell};
use super::emit::{Arg, Emitter};
use super::front;

/// Labels and titles of the sheets.
pub(super) const SHEETS: [(&str, &str); 2] = [(APPROVAL, APPROVAL_TITLE), (WORKFORCE, WORKFORCE_TITLE)];
/// Label of the approver's sheet.
pub(super) const APPROVAL: &str = "sign-approval";
const APPROVAL_TITLE: &str = "Signature sheet: approval of the policies";
/// Label of the workforce's sheet.
pub(super) const WORKFORCE: &str = "sign-workforce";
const WORKFORCE_TITLE: &str = "Signature sheet: workforce acknowledgment";

/// Lines for people who are not on the list, and where there is no list.
const MORE: [usize; 2] = [3, 12];

/// Hex digits of a digest that are printed: enough to tell two texts apart by eye.
const DIGITS: usize = 16;

/// Writes both sheets.
pub(super) fn signatures(book: &Book, em: &mut Emitter) {
    approval(book, em);
    // A sheet that is taken out and signed has nothing else on its back.
    em.call("right-hand", &[]);
    workforce(book, em);
}

fn head(book: &Book, em: &mut Emitter, label: &str, title: &str) {
    book.sheet(em, "Signature sheets", title, None, &[]);
    cells::title(em, 1, label, title);
    let meta = &book.binder.meta;
    cells::facts(
        em,
        &[
            ("Legal entity", meta.legal_name.clone()),
            ("Binder", format!("{}, {}", front::version(book), meta.copy())),
            ("As of", meta.as_of.to_string()),
            ("Build id", meta.build_id.clone()),
        ],
    );
}

fn approval(book: &Book, em: &mut Emitter) {
    head(book, em, APPROVAL, APPROVAL_TITLE);
    let mut rows = vec![];
    for (index, life) in book.binder.policies.iter().enumerate() {
        let Some(text) = life.in_effect() else { continue };
        let digest = text.policy.text_digest.as_str();
        let digest = digest.strip_prefix("sha256:").unwrap_or(digest);
        let from = text.in_effect_from.map(|date| date.to_string());
        let label = book.links.policy(index);
        rows.push(vec![
            Cell::Link(label.clone(), text.policy.title.clone()),
            Cell::text(&text.policy.version),
            Cell::text(from.unwrap_or_default()),
            Cell::text(digest.get(..DIGITS).unwrap_or(digest)),
            Cell::Page(label),
        ]);
    }
    if rows.is_empty() {
        cells::lead(
            em,
            "This binder contains no policy or procedure in effect on this day.",
        );
    } else {
        cells::paragraph(
            em,
            "These policies and procedures are in effect on the as-of date. The digest is the beginning of the SHA-256 of the title, the version, the date, the rows and the words: other words have another digest.",
        );
        let head = [
            "Policy or procedure",
            "Version",
            "In effect from",
            "Digest of the words",
            "Page",
        ];
        cells::table(em, &head, &rows, book.width());
    }
    cells::paragraph(
        em,
        &format!(
            "I have read the policies and procedures listed on this sheet, in the versions given, and approve them for {}.",
            book.binder.meta.legal_name
        ),
    );
    em.call(
        "sign-lines",
        &[(
            "names",
            Arg::List(&["Name, in print", "Title", "Signature", "Date"]),
        )],
    );
    em.close();
}

fn workforce(book: &Book, em: &mut Emitter) {
    head(book, em, WORKFORCE, WORKFORCE_TITLE);
    let as_of = book.binder.meta.as_of;
    let table = book.binder.content.registers.get("workforce");
    let members = table.iter().flat_map(|table| &table.entries).filter(|entry| {
        let begun = entry.date_of("since").is_none_or(|date| date <= as_of);
        begun && entry.date_of("until").is_none_or(|date| date >= as_of)
    });
    let members: Vec<_> = members.collect();
    cells::paragraph(
        em,
        "I have read the security policies and procedures that concern my work, in the versions in effect on the as-of date. I know where they are kept, whom I ask, and whom I tell when something looks wrong.",
    );
    let more = if members.is_empty() { MORE[1] } else { MORE[0] };
    if members.is_empty() {
        cells::lead(
            em,
            "This binder lists no current workforce member. Write the names in by hand.",
        );
    }
    em.start("sign-table", &[]);
    for member in members {
        em.item(member.get("name"));
        em.item(member.get("role"));
    }
    for _ in 0..more {
        em.item("");
        em.item("");
    }
    em.end();
    em.close();
}
