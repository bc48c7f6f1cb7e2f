//! Pictures of the content folder that can be set into the binder.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use typst::foundations::Bytes;
use typst::visualize::{ExchangeFormat, RasterFormat, RasterImage, SvgImage};

use super::exhibits::{bitmap, guard};
use crate::world::Folder;

/// A picture that the layout engine is known to accept.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Picture {
    /// Its path in the virtual file system.
    pub path: String,
    /// Its natural width in points.
    pub width: f64,
    /// Its natural height in points.
    pub height: f64,
}

/// Pictures, each looked at once.
pub(super) struct Pictures {
    files: BTreeMap<String, Bytes>,
    room: (f64, f64),
    seen: Mutex<BTreeMap<String, Option<Result<Found, String>>>>,
}

/// A picture and its file, as it is in the folder or drawn anew.
#[derive(Clone)]
struct Found {
    picture: Picture,
    bytes: Bytes,
}

/// Pixels to points where the picture does not say: 144 to the inch, sharp enough in print.
const POINTS: f64 = 0.5;

impl Pictures {
    /// The pictures of `folder`, by their names. `room` is the width and height that one may take, in points.
    pub fn new(folder: &Folder, room: (f64, f64)) -> Self {
        let files = folder
            .files
            .iter()
            .filter(|(path, _)| format(path).is_some() || is_svg(path))
            .filter_map(|(path, file)| Some((path.to_string(), Bytes::new(file.bytes.clone()?))))
            .collect();
        Self {
            files,
            room,
            seen: Mutex::default(),
        }
    }

    /// A picture, or why it can't be printed; `None` where there is no such picture in the folder.
    pub fn check(&self, path: &str) -> Option<Result<Picture, String>> {
        let known = self.lock().get(path).cloned();
        let found = known.unwrap_or_else(|| {
            let found = self.files.get(path).map(|bytes| load(path, bytes, self.room));
            self.lock().insert(path.to_string(), found.clone());
            found
        });
        Some(found?.map(|found| found.picture))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Option<Result<Found, String>>>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes of every picture that can be printed, by its path in the virtual file system.
    pub fn into_files(self) -> BTreeMap<String, Bytes> {
        let seen = self.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        seen.into_values()
            .filter_map(|found| {
                let found = found?.ok()?;
                Some((found.picture.path, found.bytes))
            })
            .collect()
    }
}

fn extension(path: &str) -> String {
    path.rsplit_once('.')
        .map_or(String::new(), |(_, end)| end.to_ascii_lowercase())
}

fn format(path: &str) -> Option<ExchangeFormat> {
    Some(match extension(path).as_str() {
        "png" => ExchangeFormat::Png,
        "jpg" | "jpeg" => ExchangeFormat::Jpg,
        "gif" => ExchangeFormat::Gif,
        "webp" => ExchangeFormat::Webp,
        _ => return None,
    })
}

fn is_svg(path: &str) -> bool {
    extension(path) == "svg"
}

fn load(path: &str, bytes: &Bytes, room: (f64, f64)) -> Result<Found, String> {
    if bytes.is_empty() {
        return Err("the file is empty".to_string());
    }
    if is_svg(path) {
        return load_svg(path, bytes).map(|picture| Found {
            picture,
            bytes: bytes.clone(),
        });
    }
    // What is in the file decides, not its name: phones and mail programs rename freely.
    let plan = guard::run(|| bitmap::plan(bytes, room)).unwrap_or(Err(bitmap::Why::Damaged("it is damaged")));
    let (bytes, extension, natural) = match plan {
        Err(bitmap::Why::TooLarge(width, height)) => {
            return Err(format!("it is too large: {width} by {height} dots"));
        }
        Err(bitmap::Why::Damaged(why)) => return Err(why.to_string()),
        Ok(bitmap::Plan::AsIs(extension)) => (bytes.clone(), extension, None),
        Ok(bitmap::Plan::Anew(drawn)) => (drawn.bytes, drawn.extension, drawn.natural),
    };
    let format = format(&format!("x.{extension}")).ok_or("it is not a picture inside")?;
    let image = guard::run(|| RasterImage::plain(bytes.clone(), RasterFormat::Exchange(format)))
        .map_err(|_| "it is damaged")?
        .map_err(|e| e.to_string())?;
    let (width, height) = natural.unwrap_or((image.width(), image.height()));
    if width == 0 || height == 0 {
        return Err("it has no size".to_string());
    }
    let points = image
        .dpi()
        .filter(|dpi| *dpi >= 72.0)
        .map_or(POINTS, |dpi| 72.0 / dpi);
    let picture = Picture {
        path: virtual_path(path, extension),
        width: f64::from(width) * points,
        height: f64::from(height) * points,
    };
    Ok(Found { picture, bytes })
}

/// True for a JPEG of grey or of red, green and blue; false for one of four inks, as printers send them.
pub(super) fn has_screen_colors(jpeg: &[u8]) -> bool {
    let mut at = 2;
    // Each part: 0xff, its kind, its length (two bytes, itself included).
    while let Some([0xff, kind, high, low]) = jpeg.get(at..at + 4) {
        let frame = matches!(kind, 0xc0..=0xcf) && !matches!(kind, 0xc4 | 0xc8 | 0xcc);
        if frame {
            return matches!(jpeg.get(at + 9), Some(1 | 3));
        }
        match kind {
            0xff => at += 1,
            0xda => return false,
            _ => at += 2 + usize::from(u16::from_be_bytes([*high, *low])),
        }
    }
    false
}

/// True for a JPEG without its end: decoders fill the rest with grey, and nobody sees that the half is lost.
pub(super) fn breaks_off(jpeg: &[u8]) -> bool {
    let mut at = 2;
    while let Some([0xff, kind, high, low]) = jpeg.get(at..at + 4) {
        match kind {
            0xff => at += 1,
            // From here on the picture itself; the ends of the small pictures before it do not count.
            0xda => return !jpeg[at..].windows(2).any(|two| two == [0xff, 0xd9]),
            _ => at += 2 + usize::from(u16::from_be_bytes([*high, *low])),
        }
    }
    true
}

/// A drawing may hold letters without a font, pictures and programs: only plain shapes are set.
fn load_svg(path: &str, bytes: &Bytes) -> Result<Picture, String> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| "it is not text in UTF-8")?
        .to_ascii_lowercase();
    if [
        "<text",
        "<image",
        "<foreignobject",
        "<use",
        "<!entity",
        "<filter",
        "<mask",
    ]
    .iter()
    .any(|tag| text.contains(tag))
    {
        return Err("the drawing holds more than plain shapes".to_string());
    }
    let image = SvgImage::new(bytes.clone()).map_err(|e| format!("{e:?}"))?;
    let (width, height) = (image.width(), image.height());
    if !(width > 0.0 && height > 0.0 && width.is_finite() && height.is_finite()) {
        return Err("it has no size".to_string());
    }
    Ok(Picture {
        path: virtual_path(path, "svg"),
        width: width * 0.75,
        height: height * 0.75,
    })
}

fn virtual_path(path: &str, extension: &str) -> String {
    // The name says nothing to the reader; two files never share one.
    let mut name = String::from("/pictures/");
    for b in path.bytes() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' => name.push(b as char),
            b => name.push_str(&format!("_{b:02x}")),
        }
    }
    format!("{name}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::{breaks_off, has_screen_colors};

    #[test]
    fn colors_of_a_printing_press_are_told_from_those_of_a_screen() {
        let jpeg = |colors: u8| {
            let comment = [0xff, 0xfe, 0, 3, b'x'];
            let frame = [0xff, 0xc2, 0, 8, 8, 0, 1, 0, 1, colors];
            [&[0xff, 0xd8][..], &comment, &frame].concat()
        };
        assert!(has_screen_colors(&jpeg(1)) && has_screen_colors(&jpeg(3)));
        assert!(!has_screen_colors(&jpeg(4)));
        assert!(!has_screen_colors(&[0xff, 0xd8, 0xff]));
    }

    #[test]
    fn the_end_of_a_small_picture_inside_is_not_the_end() {
        let small = [0xff, 0xe1, 0, 6, 0xff, 0xd9, 0, 0];
        let body = [0xff, 0xda, 0, 2, 1, 2, 3];
        let cut = [&[0xff, 0xd8][..], &small, &body].concat();
        assert!(breaks_off(&cut));
        assert!(!breaks_off(&[&cut[..], &[0xff, 0xd9, 0]].concat()));
    }
}
