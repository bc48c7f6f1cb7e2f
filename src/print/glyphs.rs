//! What the bundled fonts can show, and how wide it is.

use typst::foundations::Bytes;
use typst::layout::Abs;
use typst::text::{Font, FontBook, FontInstance, FontStyle, FontWeight};

use crate::theme::{Bytes as ThemeBytes, Theme};

/// The fonts of the theme.
pub(super) struct Glyphs {
    /// In path order.
    pub fonts: Vec<Font>,
    sans: Option<FontInstance>,
    bold: Option<FontInstance>,
    covered: Vec<u64>,
    everywhere: Vec<u64>,
}

/// The record of a font's name table that holds the family common to all its weights.
const TYPOGRAPHIC_FAMILY: u16 = 16;

/// How a character is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// As it is.
    AsIs,
    /// As other letters.
    As(&'static str),
    /// Not at all: it has no shape of its own.
    Nothing,
    /// No font has it: its code is printed in brackets.
    Code,
}

impl Glyphs {
    /// Loads every font below `fonts/` of the theme.
    pub fn load(theme: &Theme) -> Self {
        let mut fonts = vec![];
        for (path, file) in theme.below("fonts") {
            if path.ends_with(".ttf") || path.ends_with(".otf") {
                let bytes = match &file.bytes {
                    ThemeBytes::Static(bytes) => Bytes::new(*bytes),
                    ThemeBytes::Shared(bytes) => Bytes::new(bytes.clone()),
                };
                fonts.extend(Font::iter(bytes));
            }
        }
        let mut covered = vec![0; 0x11_0000 / 64];
        let mut everywhere = vec![u64::MAX; 0x11_0000 / 64];
        for font in &fonts {
            let mut own = vec![0u64; 0x11_0000 / 64];
            for c in font.info().coverage.iter() {
                if let Some(word) = own.get_mut(c as usize / 64) {
                    *word |= 1 << (c % 64);
                }
            }
            for (i, word) in own.iter().enumerate() {
                covered[i] |= word;
                everywhere[i] &= word;
            }
        }
        let face = |weight: FontWeight| {
            let font = fonts
                .iter()
                .filter(|f| f.info().family.contains("Sans") && f.info().variant.style == FontStyle::Normal)
                .min_by_key(|f| f.info().variant.weight.distance(weight))
                .or(fonts.first())?;
            Some(
                font.clone()
                    .instantiate(font.info().variant, Abs::pt(10.0), &Default::default()),
            )
        };
        let (sans, bold) = (face(FontWeight::REGULAR), face(FontWeight::BOLD));
        Self {
            sans,
            bold,
            fonts,
            covered,
            everywhere,
        }
    }

    /// The index of the fonts. Faces of one design stand under one family name, whatever their style: some fonts name
    /// a family of their own for each weight, and give the common name as the typographic family.
    pub fn book(&self) -> FontBook {
        FontBook::from_infos(self.fonts.iter().map(|font| {
            let mut info = font.info().clone();
            let face = font
                .clone()
                .instantiate(info.variant, Abs::pt(10.0), &Default::default());
            let names = face.ttf().names();
            if let Some(family) = names
                .into_iter()
                .filter(|n| n.name_id == TYPOGRAPHIC_FAMILY)
                .find_map(|n| n.to_string())
            {
                info.family = family;
            }
            info
        }))
    }

    /// How a character is shown. Printable ASCII is never asked for.
    pub fn show(&self, c: char) -> Shown {
        match c {
            // Characters that steer other characters, or nothing: without a shape, and refused by the archive standard.
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => Shown::Nothing,
            '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' => Shown::Nothing,
            '\u{2028}' | '\u{2029}' => Shown::As(" "),
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => Shown::Code,
            c if c.is_control() => Shown::Nothing,
            '\u{fffe}' | '\u{ffff}' => Shown::Code,
            c if c.is_whitespace() && !has(&self.covered, c) => Shown::As(" "),
            // A mark is set in the font of the letter below it, whichever that is.
            '\u{300}'..='\u{36f}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}' => {
                if has(&self.everywhere, c) {
                    Shown::AsIs
                } else {
                    Shown::Code
                }
            }
            c if has(&self.covered, c) => Shown::AsIs,
            // Boxes and ticks of forms, which few text faces have.
            '\u{2610}' | '\u{25a1}' | '\u{25fb}' => Shown::As("[ ]"),
            '\u{2611}' | '\u{2612}' => Shown::As("[x]"),
            '\u{2714}' | '\u{2705}' if has(&self.covered, '\u{2713}') => Shown::As("\u{2713}"),
            '\u{2717}' | '\u{2718}' => Shown::As("x"),
            _ => Shown::Code,
        }
    }

    /// Width of a text on one line in points, set in the typewriter face a tenth smaller than `size`.
    pub fn mono_width(&self, text: &str, size: f64) -> f64 {
        text.chars().count() as f64 * size * 0.9 * 0.6
    }

    /// Width of a text on one line in points, set in the sans face of tables.
    pub fn width(&self, text: &str, size: f64, bold: bool) -> f64 {
        let Some(face) = (if bold { &self.bold } else { &self.sans }) else {
            return text.len() as f64 * size * 0.6;
        };
        let em: f64 = text
            .chars()
            .map(|c| {
                let glyph = face.ttf().glyph_index(c).map(|g| g.0);
                glyph.and_then(|g| face.x_advance(g)).map_or(0.65, |em| em.get())
            })
            .sum();
        em * size
    }
}

fn has(bits: &[u64], c: char) -> bool {
    bits.get(c as usize / 64)
        .is_some_and(|word| word >> (c as u32 % 64) & 1 == 1)
}
