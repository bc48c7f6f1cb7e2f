//! The form of a row: fresh from its file, with a preview, or on top of what somebody else wrote meanwhile.

use hyper::StatusCode;

use super::guard::Posted;
use super::save::{Brought, NoForm, now};
use super::views::{self, Basis, Notice};
use super::{Outcome, Work};
use crate::content::edit::answer::Values;
use crate::rule::RowId;

/// The form as the file is.
pub fn fresh(work: &Work, row: RowId) -> Outcome {
    match now(work, row) {
        Ok(now) => views::form(work, row, StatusCode::OK, &now, &Basis::of(&now), &Notice::None),
        Err(no_form) => none(work, row, &no_form, &Values::new()),
    }
}

/// The form as it was typed, with each text as its page will show it. The file is not looked at for changes: that is
/// done when it is saved.
pub fn preview(work: &Work, row: RowId, posted: &Posted) -> Outcome {
    let brought = Brought::new(posted);
    match now(work, row) {
        Ok(now) => {
            let basis = Basis::as_sent(&now, &brought, posted);
            views::form(work, row, StatusCode::OK, &now, &basis, &Notice::Preview)
        }
        Err(no_form) => none(work, row, &no_form, &brought.typed()),
    }
}

/// The form on top of the file as it is now: what was typed stays, all else is as in the file.
pub fn again(work: &Work, row: RowId, posted: &Posted) -> Outcome {
    let typed = Brought::new(posted).typed();
    match now(work, row) {
        Ok(now) => {
            let basis = Basis::of(&now).with(&typed);
            views::form(work, row, StatusCode::OK, &now, &basis, &Notice::Theirs)
        }
        Err(no_form) => none(work, row, &no_form, &typed),
    }
}

/// There is no form for this row; what was typed is shown, so that it is not lost.
pub fn none(work: &Work, row: RowId, no_form: &NoForm, typed: &Values) -> Outcome {
    views::no_form(work, row, no_form, typed)
}
