//! Page numbers, links and what stands on every sheet, put into pages that are laid out already.
//!
//! To the layout engine a page number in a line of text, a link to a label and a foot that counts pages are questions
//! about the finished document: as long as answers change from one pass to the next, all pages that asked are laid out
//! again, and in a binder every page asks. So the template asks nothing. Where a link leads to a label it writes a link
//! to `binder:to:LABEL`, where a page number belongs it writes a number of nines under a link to `binder:page:LABEL`,
//! and head, foot and edge tab are left away. Once, when all pages have their places, this module writes the right
//! digits, points the links, and lays the furniture (set by [`super::furniture`]) on each sheet.

use rayon::prelude::*;
use typst::foundations::{Content, Label};
use typst::introspection::{Introspector, Location, Tag};
use typst::layout::{Abs, Frame, FrameItem, Point};
use typst::model::{Destination, LinkMarker};
use typst::text::{Glyph, TextItem};
use typst::utils::PicoStr;
use typst_layout::{Page, PagedDocument, PagedIntrospector};

/// What the address of a link to a label begins with. No link of a clinic's text can: they have other schemes.
const TO: &str = "binder:to:";
/// What the address of a page number begins with.
const PAGE: &str = "binder:page:";
/// What the address of a page number at the end of a line begins with, which keeps its right edge.
const LAST: &str = "binder:last:";
/// Furthest that two pieces of one line may lie apart, rounding considered.
const TOUCHING: Abs = Abs::raw(0.02);

/// Weaves a laid-out document. `furniture` gives the frame under and the frame over the page with that index.
///
/// # Errors
/// The labels that links lead to and that stand nowhere.
pub(super) fn weave(
    document: &PagedDocument,
    furniture: impl Fn(usize) -> Option<(Frame, Frame)> + Sync,
) -> Result<PagedDocument, Vec<String>> {
    let woven = document.pages().par_iter().enumerate().map(|(index, page)| {
        let mut loom = Loom {
            introspector: document.introspector(),
            missing: vec![],
        };
        let mut page: Page = page.clone();
        if let Some(frame) = loom.frame(&page.frame) {
            page.frame = frame;
        }
        if let Some((under, over)) = furniture(index) {
            page.frame.prepend_frame(Point::zero(), under);
            page.frame.push_frame(Point::zero(), over);
        }
        (page, loom.missing)
    });
    let (pages, missing): (Vec<Page>, Vec<Vec<String>>) = woven.unzip();
    let mut missing = missing.concat();
    missing.dedup();
    match missing.is_empty() {
        true => {
            let info = typst::model::Document::info(document).clone();
            Ok(PagedDocument::new(pages.into(), info))
        }
        false => Err(missing),
    }
}

/// True of a page on which nothing is drawn.
pub(super) fn is_blank(frame: &Frame) -> bool {
    frame.items().all(|(_, item)| match item {
        FrameItem::Tag(_) => true,
        FrameItem::Group(group) => is_blank(&group.frame),
        _ => false,
    })
}

struct Loom<'a> {
    introspector: &'a PagedIntrospector,
    missing: Vec<String>,
}

impl Loom<'_> {
    /// The frame woven, or nothing where it holds nothing to weave.
    fn frame(&mut self, frame: &Frame) -> Option<Frame> {
        let items = frame.items().as_slice();
        let new: Vec<Option<Woven>> = (0..items.len()).map(|at| self.item(items, at)).collect();
        if new.iter().all(Option::is_none) {
            return None;
        }
        let mut line = Line::default();
        let woven: Vec<(Point, FrameItem)> = items
            .iter()
            .zip(new)
            .map(|((pos, old), new)| {
                let pos = line.place(*pos, old, new.as_ref());
                (pos, new.map_or_else(|| old.clone(), |(item, _)| item))
            })
            .collect();
        let mut out = frame.clone();
        out.clear();
        out.push_multiple(woven);
        Some(out)
    }

    /// What stands in the place of an item, where it is another.
    fn item(&mut self, items: &[(Point, FrameItem)], at: usize) -> Option<Woven> {
        match &items[at].1 {
            FrameItem::Group(group) => {
                let mut woven = group.clone();
                woven.frame = self.frame(&group.frame)?;
                Some((FrameItem::Group(woven), Room::Same))
            }
            FrameItem::Text(text) => {
                // A link lies behind the words it covers.
                let (_, FrameItem::Link(Destination::Url(url), _)) = items.get(at + 1)? else {
                    return None;
                };
                let (label, last) = number(url)?;
                let new = numbered(text, self.page(label)?);
                let less = text.width() - new.width();
                let room = if last {
                    Room::Before(less)
                } else {
                    Room::Behind(less)
                };
                Some((FrameItem::Text(new), room))
            }
            FrameItem::Link(Destination::Url(url), size) => {
                let location = self.location(label(url)?)?;
                let mut size = *size;
                if let Some((label, _)) = number(url)
                    && let Some((_, FrameItem::Text(text))) = items.get(at.checked_sub(1)?)
                    && let Some(page) = self.page(label)
                {
                    size.x -= text.width() - numbered(text, page).width();
                }
                Some((FrameItem::Link(Destination::Location(location), size), Room::Same))
            }
            FrameItem::Tag(Tag::Start(content, flags)) => {
                let marker = content.to_packed::<LinkMarker>()?;
                let page = self.page(label(marker.alt.as_ref()?)?)?;
                let mut content: Content = content.clone();
                content.to_packed_mut::<LinkMarker>()?.alt = Some(format!("Page {page}").into());
                Some((FrameItem::Tag(Tag::Start(content, *flags)), Room::Same))
            }
            _ => None,
        }
    }

    fn page(&mut self, label: &str) -> Option<usize> {
        let location = self.location(label)?;
        self.introspector.page(location).map(|page| page.get())
    }

    fn location(&mut self, label: &str) -> Option<Location> {
        let found = Label::new(PicoStr::intern(label))
            .and_then(|label| self.introspector.query_label(label).ok())
            .and_then(Content::location);
        if found.is_none() && !self.missing.iter().any(|missing| missing == label) {
            self.missing.push(label.to_string());
        }
        found
    }
}

/// What takes the place of an item, and what becomes of its room.
type Woven = (FrameItem, Room);

enum Room {
    /// It takes as much.
    Same,
    /// So much is left before it: it stands at the right edge.
    Before(Abs),
    /// So much is left behind it: what follows moves up.
    Behind(Abs),
}

/// The label in an address of ours.
fn label(address: &str) -> Option<&str> {
    let of_number = number(address).map(|(label, _)| label);
    of_number.or_else(|| address.strip_prefix(TO))
}

/// The label in the address of a page number, and whether the number ends its line.
fn number(address: &str) -> Option<(&str, bool)> {
    let within = address.strip_prefix(PAGE).map(|label| (label, false));
    within.or_else(|| Some((address.strip_prefix(LAST)?, true)))
}

/// A line of text while its pieces move up behind numbers that came out narrower than the room they were given: as far
/// as they follow each other without space between them.
#[derive(Default)]
struct Line {
    /// Where the last piece began and ended before it was moved.
    start: Abs,
    end: Abs,
    /// How far it was moved to the left.
    moved: Abs,
    /// How far the next one is to be moved, if it follows at once.
    by: Abs,
}

impl Line {
    /// Where an item goes; `new` is what takes its place.
    fn place(&mut self, pos: Point, old: &FrameItem, new: Option<&Woven>) -> Point {
        let width = match old {
            FrameItem::Text(text) => text.width(),
            FrameItem::Group(group) => group.frame.width(),
            FrameItem::Image(_, size, _) => size.x,
            // A link lies over the piece before it, and goes with it.
            FrameItem::Link(..) if (pos.x - self.start).abs() <= TOUCHING => {
                return Point::new(pos.x - self.moved, pos.y);
            }
            FrameItem::Link(..) | FrameItem::Shape(..) | FrameItem::Tag(_) => return pos,
        };
        if (pos.x - self.end).abs() > TOUCHING {
            self.by = Abs::zero();
        }
        (self.start, self.end, self.moved) = (pos.x, pos.x + width, self.by);
        match new {
            Some((_, Room::Behind(less))) => self.by += *less,
            Some((_, Room::Before(less))) => self.moved -= *less,
            _ => {}
        }
        Point::new(pos.x - self.moved, pos.y)
    }
}

/// The same text with the digits of `page` in the place of its nines, in the same face and size.
fn numbered(text: &TextItem, page: usize) -> TextItem {
    let digits = page.to_string();
    let mut out = text.clone();
    let font = out.font.clone();
    out.glyphs = digits
        .char_indices()
        .map_while(|(at, digit)| {
            let room = text.glyphs.get(at.min(text.glyphs.len().checked_sub(1)?))?;
            let id = font.ttf().glyph_index(digit)?.0;
            Some(Glyph {
                id,
                x_advance: font.x_advance(id)?,
                range: at as u16..at as u16 + 1,
                ..room.clone()
            })
        })
        .collect();
    out.text = digits.into();
    out
}
