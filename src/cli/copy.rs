//! Which copy of the binder a command speaks of: the edition, the readers, the rows. The same for `build` and `check`.

use clap::{Args, ValueEnum};
use hipaa_binder::Options;
use hipaa_binder::binder::Edition;
use hipaa_binder::content::Audience;

use super::only::selection;

/// The copy that is made, or looked at.
#[derive(Debug, Args)]
pub(super) struct Copy {
    #[command(flatten)]
    whom: Whom,
    /// Just these rows, as one PDF and no website: citations in any spelling, sections, lists, ranges; may be repeated
    #[arg(long, value_name = "ROWS")]
    only: Vec<String>,
}

/// For whom a copy is made, without a choice of rows.
#[derive(Debug, Args)]
pub(super) struct Whom {
    /// For yourselves, or for handing over: law, answers, policies in effect and evidence, nothing that is being worked
    /// on. Evidence that may show patient data stops it
    #[arg(long, value_enum, value_name = "EDITION", default_value_t = ForWhom::Internal)]
    edition: ForWhom,
    /// Who will read it: items meant for fewer readers are left out. Gaps are for management
    #[arg(long, value_enum, value_name = "WHO", default_value_t = Readers::Official)]
    audience: Readers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ForWhom {
    /// Everything, gaps included
    Internal,
    /// What is handed over
    Production,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Readers {
    /// Everyone who works there
    Workforce,
    /// Management: risks, sanctions, incidents, gaps
    Management,
    /// The security official: everything
    Official,
}

impl Copy {
    /// The options of a build, for this copy.
    ///
    /// # Errors
    /// Words for the person, where `--only` names no row.
    pub(super) fn of(&self, options: Options) -> Result<Options, String> {
        Ok(Options {
            only: selection(&self.only)?,
            ..self.whom.of(options)
        })
    }
}

impl Whom {
    /// The options of a build, for these readers.
    pub(super) fn of(&self, options: Options) -> Options {
        Options {
            edition: match self.edition {
                ForWhom::Internal => Edition::Internal,
                ForWhom::Production => Edition::Production,
            },
            audience: match self.audience {
                Readers::Workforce => Audience::Workforce,
                Readers::Management => Audience::Management,
                Readers::Official => Audience::Official,
            },
            ..options
        }
    }
}
