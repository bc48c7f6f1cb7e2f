//! The documents of the binder laid out side by side, each by itself, and put together to one.
//!
//! Given one file that includes all others, the layout engine evaluates them one after the other, prepares them one
//! after the other, and asks again after each pass what has changed in the whole. Each document begins on a page of its
//! own, and only the indexes ask where something stands. So each is given to the engine alone, on all processors; what
//! is known of the whole book is then handed to those that asked for it, and only they are laid out again.

use comemo::{Constraint, Track};
use rayon::prelude::*;
use typst::World;
use typst::diag::{SourceDiagnostic, SourceResult};
use typst::engine::{Engine, Route, Sink, Traced};
use typst::foundations::{Content, Output, StyleChain, Styles, Target};
use typst::introspection::{EmptyIntrospector, Introspector, Location, Locator};
use typst::layout::{Frame, Point};
use typst::model::Document;
use typst::utils::{Protected, hash128};
use typst_layout::{Page, PagedDocument, layout_document_for_bundle};

use super::furniture;
use super::world::Pages;

/// A document that is laid out by itself.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// Its main file.
    pub main: String,
    /// It opens on a right-hand page.
    pub right_hand: bool,
    /// It asks where other runs stand, and has no words of its own that others ask for before it: it is laid out once
    /// they have their places.
    pub late: bool,
}

/// Passes until what the indexes say must be so.
const PASSES: usize = 5;

/// Why there are no pages.
pub(super) enum Failed {
    /// The engine's own words.
    Errors(Vec<SourceDiagnostic>),
    /// Page numbers still move.
    Moving,
    /// A file is missing, or there is nothing to print.
    Nothing,
}

/// Lays out every run, and puts their pages together.
///
/// # Errors
/// What the engine reports, and indexes that never come to rest: wrong page numbers are worse than none.
pub(super) fn lay_out(world: &Pages, runs: &[Run]) -> Result<PagedDocument, Failed> {
    let first: Vec<SourceResult<Laid>> = runs
        .par_iter()
        .map(|run| {
            let evaluated = Evaluated::new(world, &run.main)?;
            match run.late {
                true => Ok(Laid::not_yet(evaluated)),
                false => Ok(evaluated.lay_out(world, &EmptyIntrospector)),
            }
        })
        .collect();
    let mut laid = vec![];
    let mut errors = vec![];
    for one in first {
        match one {
            Ok(one) => laid.push(one),
            Err(more) => errors.extend(more),
        }
    }
    if !errors.is_empty() {
        return Err(Failed::Errors(errors));
    }
    for _ in 0..PASSES {
        // A run with an error has no pages: it is laid out again with the others' places, and may have none then.
        let Some(book) = assemble(runs, &laid) else {
            let errors: Vec<SourceDiagnostic> = laid.iter_mut().flat_map(Laid::errors).collect();
            return Err(match errors.is_empty() {
                true => Failed::Nothing,
                false => Failed::Errors(errors),
            });
        };
        let places: &dyn Introspector = book.introspector().as_ref();
        let moved: Vec<usize> = (0..laid.len())
            .into_par_iter()
            .filter(|at| !laid[*at].stands(places))
            .collect();
        if moved.is_empty() {
            let errors: Vec<SourceDiagnostic> = laid.iter_mut().flat_map(Laid::errors).collect();
            return match errors.is_empty() {
                true => Ok(book),
                false => Err(Failed::Errors(errors)),
            };
        }
        let again: Vec<Laid> = moved
            .par_iter()
            .map(|at| laid[*at].of.lay_out(world, places))
            .collect();
        for (at, one) in moved.into_iter().zip(again) {
            laid[at] = one;
        }
    }
    Err(Failed::Moving)
}

/// Lays out files that ask nothing of each other and are no part of one document.
///
/// # Errors
/// What the engine reports.
pub(super) fn each(world: &Pages, mains: &[String]) -> SourceResult<Vec<PagedDocument>> {
    let one = |main: &String| {
        let mut laid = Evaluated::new(world, main)?.lay_out(world, &EmptyIntrospector);
        match (laid.sink.delayed(), laid.pages) {
            (errors, Some(pages)) if errors.is_empty() => pages,
            (errors, _) => Err(errors),
        }
    };
    mains.par_iter().map(one).collect()
}

/// A run as the engine understood its files.
#[derive(Clone)]
struct Evaluated {
    content: Content,
    styles: Styles,
    /// Where the places of its parts begin: no two runs share one.
    place: Location,
}

impl Evaluated {
    fn new(world: &Pages, main: &str) -> SourceResult<Self> {
        let alone = world.alone(main);
        let mut evaluated = typst::compile::<Self>(&alone).output?;
        evaluated.place = Location::new(hash128(main));
        Ok(evaluated)
    }

    fn lay_out(&self, world: &Pages, places: &dyn Introspector) -> Laid {
        let asked = Constraint::new();
        let traced = Traced::default();
        let mut sink = Sink::new();
        let world: &dyn World = world;
        let mut engine = Engine {
            world: world.track(),
            library: world.library(),
            introspector: Protected::new(places.track_with(&asked)),
            traced: traced.track(),
            sink: sink.track_mut(),
            route: Route::default(),
        };
        let pages = layout_document_for_bundle(
            &mut engine,
            &self.content,
            Locator::synthesize(self.place),
            StyleChain::new(&self.styles),
        );
        Laid {
            of: self.clone(),
            pages: Some(pages),
            asked,
            sink,
        }
    }
}

/// The engine evaluates only to make some output of it: this one is what it evaluated.
impl Output for Evaluated {
    fn target() -> Target {
        Target::Paged
    }

    fn create(_: &mut Engine, content: &Content, styles: StyleChain) -> SourceResult<Self> {
        Ok(Self {
            content: content.clone(),
            styles: styles.to_map(),
            place: Location::new(0),
        })
    }

    fn introspector(&self) -> &dyn Introspector {
        &EmptyIntrospector
    }
}

/// A run laid out.
struct Laid {
    of: Evaluated,
    /// Nothing as long as it was not laid out.
    pages: Option<SourceResult<PagedDocument>>,
    /// What it asked for of the whole book, and was told.
    asked: Constraint<<dyn Introspector as Track>::Call>,
    sink: Sink,
}

impl Laid {
    fn not_yet(of: Evaluated) -> Self {
        Self {
            of,
            pages: None,
            asked: Constraint::new(),
            sink: Sink::new(),
        }
    }

    /// True where it was laid out and would come out the same with these places.
    fn stands(&self, places: &dyn Introspector) -> bool {
        self.pages.is_some() && self.asked.validate(places)
    }

    /// What went wrong in the pass that counts.
    fn errors(&mut self) -> Vec<SourceDiagnostic> {
        let fatal = self.pages.as_ref().and_then(|pages| pages.as_ref().err());
        let fatal = fatal.into_iter().flatten().cloned();
        fatal.chain(self.sink.delayed()).collect()
    }
}

/// One document of all pages. A run that opens on a right-hand page leaves the one before it blank where it must, and
/// pages that were laid out as right-hand ones are moved where they turn out to be left-hand ones.
fn assemble(runs: &[Run], laid: &[Laid]) -> Option<PagedDocument> {
    let mut pages: Vec<Page> = vec![];
    let mut info = None;
    for (run, laid) in runs.iter().zip(laid) {
        let Some(Ok(document)) = &laid.pages else {
            continue;
        };
        if run.right_hand
            && !pages.len().is_multiple_of(2)
            && let Some(page) = document.pages().first()
        {
            let blank = Page {
                frame: Frame::hard(page.frame.size()),
                number: number(pages.len()),
                ..page.clone()
            };
            pages.push(blank);
        }
        let mirror = furniture::mirror(document);
        for (index, page) in document.pages().iter().enumerate() {
            let mut page = page.clone();
            page.number = number(pages.len());
            if page.number.is_multiple_of(2) {
                page.frame.translate(Point::with_x(mirror(index)));
            }
            pages.push(page);
        }
        info.get_or_insert_with(|| document.info().clone());
    }
    Some(PagedDocument::new(pages.into(), info?))
}

/// The number of the page after so many.
fn number(pages: usize) -> u64 {
    pages as u64 + 1
}
