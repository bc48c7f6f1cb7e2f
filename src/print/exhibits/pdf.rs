//! Pages of PDF evidence, drawn as bitmaps, each with its own text.

use std::sync::Arc;

use hayro::hayro_interpret::font::Glyph;
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::hayro_syntax::page::Page;
use hayro::hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
    PathDrawMode, SoftMask, interpret_page,
};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::kurbo::{Affine, BezPath, Point, Rect, Shape};
use hayro::{RenderCache, RenderSettings};
use typst::foundations::Bytes;

use super::bitmap::{self, Drawn};
use super::guard::give_up;

/// Dots to the inch of a drawn page, on paper.
pub(super) const DPI: f64 = 200.0;
/// Things drawn on the pages of one exhibit. A crowded plan has a hundred thousand.
const MOST_DRAWN: usize = 1_500_000;
/// What a clip counts for among them: a drawing within a drawing begins with one, and costs more than a line. A drawing
/// that holds itself twice would take minutes otherwise.
const CLIP: usize = 20;
/// Longest text of a page that is kept, in characters.
const LONGEST: usize = 6000;

/// A page that gets this many times as large when it is turned is turned: landscape pages of letters and tables.
pub(super) const TURN: f64 = 1.15;

/// Why a PDF can't be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Why {
    /// It asks for a password, or is encrypted in a way that can't be read.
    Encrypted,
    /// It is damaged.
    Damaged,
    /// It has no page.
    NoPages,
}

/// The pages drawn, and how many the file has.
#[derive(Debug, Clone, PartialEq, Hash)]
pub(super) struct Pages {
    /// The first pages, in order.
    pub drawn: Vec<PageBitmap>,
    /// Pages of the file.
    pub of: usize,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Hash)]
pub(super) struct PageBitmap {
    /// Its bitmap.
    pub bitmap: Drawn,
    /// Its words, in the order in which they are drawn; "" for a scan without them.
    pub text: String,
}

/// Draws the first `most` pages to fit into `room` (points, whole ones). Panics and gives up as decoders do: call it
/// through [`super::guard::run`].
#[comemo::memoize]
pub(super) fn draw(data: Bytes, room: (u32, u32), most: usize) -> Result<Pages, Why> {
    let pdf = Pdf::new(Arc::new(data)).map_err(|why| match why {
        LoadPdfError::Decryption(
            DecryptionError::PasswordProtected
            | DecryptionError::UnsupportedAlgorithm
            | DecryptionError::InvalidEncryption
            | DecryptionError::MissingIDEntry,
        ) => Why::Encrypted,
        LoadPdfError::Invalid => Why::Damaged,
    })?;
    let pages = pdf.pages();
    if pages.is_empty() {
        return Err(Why::NoPages);
    }
    let settings = InterpreterSettings::default();
    let (cache, texts) = (RenderCache::new(), InterpreterCache::new());
    let mut left = MOST_DRAWN;
    let mut drawn = vec![];
    for page in pages.iter().take(most) {
        let text = text(page, &texts, &settings, &mut left);
        drawn.push(PageBitmap {
            bitmap: bitmap(page, &cache, &settings, room)?,
            text,
        });
    }
    Ok(Pages {
        drawn,
        of: pages.len(),
    })
}

fn bitmap<'a>(
    page: &'a Page<'a>,
    cache: &RenderCache<'a>,
    settings: &InterpreterSettings,
    room: (u32, u32),
) -> Result<Drawn, Why> {
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width), f64::from(height));
    if !(width.is_finite() && height.is_finite() && width >= 1.0 && height >= 1.0) {
        return Err(Why::Damaged);
    }
    let room = (f64::from(room.0), f64::from(room.1));
    let (scale, _) = bitmap::fit(width, height, room, TURN);
    // A small page, of a receipt or a label, is not blown up.
    let scale = scale.min(1.0) * DPI / 72.0;
    let dots = |points: f64| (points * scale).round().clamp(1.0, 4000.0) as u16;
    let options = RenderSettings {
        x_scale: scale as f32,
        y_scale: scale as f32,
        width: Some(dots(width)),
        height: Some(dots(height)),
        bg_color: WHITE,
    };
    let drawn = hayro::render(page, cache, settings, &options);
    let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
    bitmap::page(drawn.data_as_u8_slice(), width, height).ok_or(Why::Damaged)
}

/// The words of a page. Goes first: it costs little, and a page that draws without end is found out here.
fn text<'a>(
    page: &'a Page<'a>,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
    left: &mut usize,
) -> String {
    let (width, height) = page.render_dimensions();
    let mut context = Context::new(
        page.initial_transform(true).to_kurbo(),
        Rect::new(0.0, 0.0, width.into(), height.into()),
        cache,
        page.xref(),
        settings.clone(),
    );
    let mut words = Words {
        left: *left,
        ..Words::default()
    };
    interpret_page(page, &mut context, &mut words);
    *left = words.left;
    words.text.truncate(words.text.trim_end().len());
    words.text
}

/// Listens to a page being drawn and writes down its words.
#[derive(Default)]
struct Words {
    text: String,
    letters: usize,
    /// Where the last letter ended and on which line, in points.
    last: Option<(f64, f64)>,
    left: usize,
}

impl Words {
    fn count(&mut self) {
        self.count_as(1);
    }

    fn count_as(&mut self, things: usize) {
        match self.left.checked_sub(things) {
            Some(left) => self.left = left,
            None => give_up(),
        }
    }

    fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    fn letter(&mut self, c: char) {
        if c.is_whitespace() {
            self.space();
        } else if readable(c) && self.letters < LONGEST {
            self.text.push(c);
            self.letters += 1;
            if self.letters == LONGEST {
                self.text.push_str(" ...");
            }
        }
    }
}

/// Characters that an alternative text may hold: archives take no private ones.
pub(super) fn readable(c: char) -> bool {
    let code = u32::from(c);
    let private = matches!(code, 0xe000..=0xf8ff | 0xf_0000..);
    let no_character = matches!(code, 0xfdd0..=0xfdef) || code & 0xfffe == 0xfffe;
    let mark = matches!(code, 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfffc | 0xfffd);
    !(c.is_control() || private || no_character || mark)
}

impl<'a> Device<'a> for Words {
    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'a>, _: &PathDrawMode) {
        self.count();
    }
    fn push_clip_path(&mut self, _: &ClipPath) {
        self.count_as(CLIP);
    }
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.count();
    }
    fn draw_image(&mut self, image: Image<'a, '_>, _: Affine) {
        self.count();
        if u64::from(image.width()) * u64::from(image.height()) > bitmap::MOST {
            give_up();
        }
    }
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}

    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        transform: Affine,
        glyph_transform: Affine,
        _: &Paint<'a>,
        _: &GlyphDrawMode,
    ) {
        self.count();
        let place = transform * glyph_transform;
        let start = place * Point::ORIGIN;
        let (size, end) = match glyph {
            Glyph::Outline(outline) => {
                // Outlines are drawn a thousand units high.
                let size = (place * Point::new(0.0, 1000.0)).distance(start);
                let right = outline.outline().bounding_box().x1.clamp(0.0, 4000.0);
                (size, (place * Point::new(right, 0.0)).x)
            }
            Glyph::Type3(_) => (10.0, start.x),
        };
        if let Some((right, line)) = self.last {
            let other_line = (line - start.y).abs() > size * 0.5;
            let apart = start.x - right > size * 0.2 || start.x < right - size;
            if other_line || apart {
                self.space();
            }
        }
        match glyph.as_unicode() {
            Some(BfString::Char(c)) => self.letter(c),
            Some(BfString::String(text)) => text.chars().for_each(|c| self.letter(c)),
            None => {}
        }
        self.last = Some((end.max(start.x), start.y));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::exhibits::guard::{self, Fallen};

    /// A PDF of one object a line, with the cross-reference table that belongs to it.
    pub(in crate::print::exhibits) fn pdf(objects: &[&str], trailer: &str) -> Vec<u8> {
        let mut out = b"%PDF-1.4\n".to_vec();
        let mut offsets = vec![];
        for (n, body) in objects.iter().enumerate() {
            offsets.push(out.len());
            out.extend_from_slice(format!("{} 0 obj\n{body}\nendobj\n", n + 1).as_bytes());
        }
        let table = out.len();
        out.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
        for offset in offsets {
            out.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
        }
        out.extend_from_slice(
            format!(
                "trailer\n<</Size {} /Root 1 0 R{trailer}>>\nstartxref\n{table}\n%%EOF",
                objects.len() + 1
            )
            .as_bytes(),
        );
        out
    }

    fn one_page(content: &str) -> Vec<u8> {
        let stream = format!("<</Length {}>>\nstream\n{content}\nendstream", content.len());
        pdf(
            &[
                "<</Type/Catalog/Pages 2 0 R>>",
                "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
                &stream,
                "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            ],
            "",
        )
    }

    fn drawn(file: Vec<u8>) -> Result<Result<Pages, Why>, Fallen> {
        guard::run(|| draw(Bytes::new(file), (486, 600), 3))
    }

    const LETTER: &str =
        "BT /F1 12 Tf 72 700 Td (Proof of deletion) Tj 0 -20 Td [(laptop) -900 (LT-02)] TJ ET";

    #[test]
    fn a_page_is_drawn_with_its_words_and_to_the_same_bytes_each_time() {
        let first = drawn(one_page(LETTER)).expect("no panic").expect("a page");
        assert_eq!(first.of, 1);
        assert_eq!(first.drawn[0].text, "Proof of deletion laptop LT-02");
        let bitmap = &first.drawn[0].bitmap;
        // 600 points high at 200 dots to the inch.
        assert_eq!((bitmap.width, bitmap.height), (1288, 1667));
        let dots = image::load_from_memory(&bitmap.bytes)
            .expect("a picture")
            .into_luma8();
        assert!(dots.pixels().any(|dot| dot.0[0] < 60), "the letters are black");
        assert_eq!(dots.get_pixel(2, 2).0[0], 255, "the paper is white");
        comemo::evict(0);
        assert_eq!(drawn(one_page(LETTER)), Ok(Ok(first)));
    }

    #[test]
    fn broken_and_locked_files_say_so() {
        assert_eq!(drawn(b"%PDF-1.7\nnonsense".to_vec()), Ok(Err(Why::Damaged)));
        let mut cut = one_page(LETTER);
        cut.truncate(70);
        assert!(matches!(
            drawn(cut),
            Ok(Err(Why::Damaged | Why::NoPages)) | Err(Fallen::Over)
        ));
        let zeros = "00".repeat(32);
        let lock = format!("<</Filter/Standard/V 1/R 2/O<{zeros}>/U<{zeros}>/P -4>>");
        let locked = pdf(
            &[
                "<</Type/Catalog/Pages 2 0 R>>",
                "<</Type/Pages/Kids[]/Count 0>>",
                &lock,
            ],
            "/Encrypt 3 0 R/ID[<00><00>]",
        );
        assert_eq!(drawn(locked), Ok(Err(Why::Encrypted)));
    }

    #[test]
    fn a_page_that_draws_without_end_is_given_up() {
        let file = one_page(&"0 0 m 9 9 l S\n".repeat(MOST_DRAWN + 1));
        assert_eq!(drawn(file), Err(Fallen::TooMuch));
    }

    #[test]
    fn private_characters_and_marks_are_left_out_of_the_words() {
        for c in ['\u{e000}', '\u{7}', '\u{202e}', '\u{fffe}', '\u{10fffd}'] {
            assert!(!readable(c), "{c:?}");
        }
        assert!("aé漢Ł\u{301}😀".chars().all(readable));
    }

    /// Each level draws the next twice: found by hand, after it had kept a build busy for minutes.
    #[test]
    fn a_drawing_that_holds_itself_twice_is_given_up() {
        let file = pdf(
            &[
                "<</Type/Catalog/Pages 2 0 R>>",
                "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>>>",
                "<</Length 5>>\nstream\n/A Do\nendstream",
                "<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</A 5 0 R>>>>/Length 11>>\n\
                 stream\n/A Do /A Do\nendstream",
            ],
            "",
        );
        assert_eq!(drawn(file), Err(Fallen::TooMuch));
    }
}
