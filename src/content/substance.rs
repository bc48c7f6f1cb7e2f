//! Whether a text says anything: scaffold, TODO, a bare yes, blanks and the regulation copied out do not.

use crate::diagnostic::Range32;
use crate::markdown::Block;
use crate::rule::RowId;

/// What a text amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Substance {
    /// Nothing that counts, and why.
    Empty(Emptiness),
    /// Real text with blanks left in it.
    Blanks(Vec<Blank>),
    /// Real text.
    Real,
}

/// A blank left to fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blank {
    /// As it stands there: `[PRACTICE]`.
    pub text: String,
    /// Byte range in the file.
    pub range: Range32,
}

/// Why a text is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emptiness {
    /// No text at all, or only comments and headings.
    Nothing,
    /// TODO, TBD, N/A, "to be written".
    Todo,
    /// A bare yes or no.
    BareYesNo,
    /// Only blanks.
    OnlyBlanks,
    /// The regulation's own words and nothing else.
    RuleText,
    /// Lorem ipsum.
    Filler,
}

impl Substance {
    /// True when there is text that counts, blanks or not.
    pub fn has_text(&self) -> bool {
        !matches!(self, Substance::Empty(_))
    }
}

/// Judges the text of `blocks`. `row` names the row whose words would be a mere copy of the regulation; every row's
/// words are compared, the named one and its neighbours being the likeliest.
pub fn judge(blocks: &[Block], row: Option<RowId>) -> Substance {
    let _ = (blocks, row);
    todo!("written by the markdown piece")
}
