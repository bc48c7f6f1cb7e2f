//! A redline as markup: added and removed words by shape, by tag, and in words for those who hear the page.

use crate::history::plain::Kind;
use crate::history::report::paragraphs;
use crate::history::words::{Fate, Piece, Redline, Span};
use crate::site::html::Html;

/// The difference of two texts. Its headings are no headings of the page.
pub fn redline(redline: &Redline) -> Html {
    let mut html = Html::new();
    html.push_markup("<div class=\"redline\">");
    for piece in &redline.pieces {
        match piece {
            Piece::Folded(number) => {
                html.push_markup("<p class=\"folded\">");
                html.push_text(&format!("\u{2026} {} unchanged \u{2026}", paragraphs(*number)));
            }
            Piece::Para { kind, spans } => {
                html.push_markup(match kind {
                    Kind::Heading => "<p class=\"heading\">",
                    Kind::Text => "<p>",
                    Kind::Item => "<p class=\"item\">",
                    Kind::Row => "<p class=\"row\">",
                    Kind::Code => "<p class=\"code\">",
                });
                spans.iter().for_each(|one| span(one, &mut html));
            }
        }
        html.push_markup("</p>");
    }
    html.push_markup("</div>");
    html
}

/// A short text that became another, on one line.
pub fn inline(old: &str, new: &str) -> Html {
    let mut html = Html::new();
    for one in &crate::history::words::spans(old, new) {
        span(one, &mut html);
    }
    html
}

fn span(span: &Span, html: &mut Html) {
    match span.fate {
        Fate::Stayed => return html.push_text(&span.text),
        Fate::Removed => html.push_markup("<del><span class=\"vh\">[removed: </span>"),
        Fate::Added => html.push_markup("<ins><span class=\"vh\">[added: </span>"),
    }
    html.push_text(&span.text);
    html.push_markup(match span.fate {
        Fate::Removed => "<span class=\"vh\">]</span></del>",
        _ => "<span class=\"vh\">]</span></ins>",
    });
}
