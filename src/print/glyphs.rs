//! What the bundled fonts can show, and how wide it is.

use std::sync::OnceLock;

use typst::foundations::Bytes;
use typst::layout::Abs;
use typst::text::{Font, FontBook, FontInstance, FontStyle, FontWeight};

use crate::theme::{Bytes as ThemeBytes, Theme};

/// The fonts of the theme.
pub(super) struct Glyphs {
    /// The text faces, in path order.
    fonts: Vec<Font>,
    sans: Option<FontInstance>,
    bold: Option<FontInstance>,
    covered: Vec<u64>,
    everywhere: Vec<u64>,
    /// Files of the fonts for other scripts and signs.
    files: Vec<Bytes>,
    scripts: OnceLock<Scripts>,
}

/// The fonts for other scripts and signs, which are read only when a text has a character that the text faces lack:
/// most binders never need them, and they are larger than all the others.
struct Scripts {
    fonts: Vec<Font>,
    faces: Vec<FontInstance>,
    covered: Vec<u64>,
}

/// The folder of the theme with the fonts that are read only when they are needed.
const SCRIPTS: &str = "fonts/scripts/";
/// Words of 64 bits in a set of characters.
const SET: usize = 0x11_0000 / 64;

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
    /// Loads every font below `fonts/` of the theme; those below `fonts/scripts/` when they are needed.
    pub fn load(theme: &Theme) -> Self {
        let (mut fonts, mut files) = (vec![], vec![]);
        for (path, file) in theme.below("fonts") {
            if path.ends_with(".ttf") || path.ends_with(".otf") {
                let bytes = match &file.bytes {
                    ThemeBytes::Static(bytes) => Bytes::new(*bytes),
                    ThemeBytes::Shared(bytes) => Bytes::new(bytes.clone()),
                };
                if path.starts_with(SCRIPTS) {
                    files.push(bytes);
                } else {
                    fonts.extend(Font::iter(bytes));
                }
            }
        }
        let mut covered = vec![0; SET];
        let mut everywhere = vec![u64::MAX; SET];
        for font in &fonts {
            for (i, word) in coverage(font).iter().enumerate() {
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
            Some(instance(font))
        };
        let (sans, bold) = (face(FontWeight::REGULAR), face(FontWeight::BOLD));
        Self {
            sans,
            bold,
            fonts,
            covered,
            everywhere,
            files,
            scripts: OnceLock::new(),
        }
    }

    fn scripts(&self) -> &Scripts {
        self.scripts.get_or_init(|| {
            let fonts: Vec<Font> = self.files.iter().cloned().flat_map(Font::iter).collect();
            let mut covered = vec![0; SET];
            for font in &fonts {
                for (all, own) in covered.iter_mut().zip(coverage(font)) {
                    *all |= own;
                }
            }
            Scripts {
                faces: fonts.iter().map(instance).collect(),
                fonts,
                covered,
            }
        })
    }

    /// True when the theme has no font at all.
    pub fn is_empty(&self) -> bool {
        self.fonts.is_empty()
    }

    /// The text faces, then the fonts for other scripts where a text that was written has needed them.
    pub fn fonts(&self) -> Vec<Font> {
        let more = self.scripts.get().map_or(&[][..], |scripts| &scripts.fonts);
        self.fonts.iter().chain(more).cloned().collect()
    }

    /// The index of the fonts. Faces of one design stand under one family name, whatever their style: some fonts name
    /// a family of their own for each weight, and give the common name as the typographic family.
    pub fn book(&self) -> FontBook {
        FontBook::from_infos(self.fonts().iter().map(|font| {
            let mut info = font.info().clone();
            let face = instance(font);
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
            // The key below a digit, and the tint of a face.
            '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}' => Shown::Nothing,
            '\u{2028}' | '\u{2029}' => Shown::As(" "),
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => Shown::Code,
            c if c.is_control() => Shown::Nothing,
            '\u{fffe}' | '\u{ffff}' => Shown::Code,
            // Flags are spelled: two letters for a country.
            '\u{1f1e6}'..='\u{1f1ff}' => {
                let at = (c as usize - 0x1f1e6).min(LETTERS.len() - 1);
                Shown::As(&LETTERS[at..=at])
            }
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
            c if c.is_whitespace() => Shown::As(" "),
            // Boxes and ticks of forms, which few text faces have.
            '\u{2610}' | '\u{25a1}' | '\u{25fb}' => Shown::As("[ ]"),
            '\u{2611}' | '\u{2612}' => Shown::As("[x]"),
            '\u{2714}' | '\u{2705}' if has(&self.covered, '\u{2713}') => Shown::As("\u{2713}"),
            '\u{2717}' | '\u{2718}' => Shown::As("x"),
            '\u{2023}' | '\u{2043}' => Shown::As("\u{2022}"),
            '\u{2024}' => Shown::As("."),
            '\u{203c}' => Shown::As("!!"),
            c if has(&self.scripts().covered, c) => Shown::AsIs,
            _ => Shown::Code,
        }
    }

    /// True where something of the text is seen on paper.
    pub fn shows(&self, text: &str) -> bool {
        text.chars().any(|c| match c {
            '!'..='~' => true,
            c if c.is_whitespace() => false,
            c => !matches!(self.show(c), Shown::Nothing | Shown::As(" ")),
        })
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
        let em: f64 = text.chars().map(|c| self.advance(face, c)).sum();
        em * size
    }

    /// Width of a character in ems, as it is shown.
    fn advance(&self, face: &FontInstance, c: char) -> f64 {
        let own = |face: &FontInstance, c: char| {
            let glyph = face.ttf().glyph_index(c)?;
            face.x_advance(glyph.0).map(|em| em.get())
        };
        if c.is_ascii_graphic() || c == ' ' {
            return own(face, c).unwrap_or(LETTER);
        }
        match self.show(c) {
            Shown::Nothing => 0.0,
            Shown::As(other) => other.chars().map(|c| own(face, c).unwrap_or(LETTER)).sum(),
            // U+ and six digits at most, in brackets.
            Shown::Code => 6.5,
            Shown::AsIs => own(face, c)
                .or_else(|| {
                    (!has(&self.covered, c))
                        .then(|| self.scripts().faces.iter().find_map(|face| own(face, c)))
                        .flatten()
                })
                .unwrap_or(LETTER),
        }
    }
}

/// Width of a letter, in ems, where no font says.
const LETTER: f64 = 0.65;
/// The letters of flags.
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

fn instance(font: &Font) -> FontInstance {
    font.clone()
        .instantiate(font.info().variant, Abs::pt(10.0), &Default::default())
}

/// The characters of a font, a bit each.
fn coverage(font: &Font) -> Vec<u64> {
    let mut own = vec![0u64; SET];
    for c in font.info().coverage.iter() {
        if let Some(word) = own.get_mut(c as usize / 64) {
            *word |= 1 << (c % 64);
        }
    }
    own
}

fn has(bits: &[u64], c: char) -> bool {
    bits.get(c as usize / 64)
        .is_some_and(|word| word >> (c as u32 % 64) & 1 == 1)
}
