//! What each exhibit shows on paper: a picture, pages, a listing, or the reason why it is none of these.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use typst::foundations::Bytes;

use super::bitmap::{self, Drawn, Plan};
use super::guard::{self, Fallen};
use super::listing::{self, Text};
use super::pdf;
use crate::binder::Binder;
use crate::content::{Exhibit, Phi};
use crate::diagnostic::{Diagnostic, Place};
use crate::print::links::Links;
use crate::world::Folder;

/// Most pages of one PDF that are printed.
const PAGES: usize = 60;

/// What stands below the head of an exhibit.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::print) enum Body {
    /// Nothing: the line names no file, or the file is missing.
    Nothing,
    /// Words in place of what can't be printed.
    Words(String),
    /// A picture.
    Picture {
        /// The picture.
        sheet: Sheet,
        /// A line below it, or "".
        note: String,
    },
    /// Pages of a PDF, each on a sheet of its own.
    Pages {
        /// The pages that are printed.
        sheets: Vec<Sheet>,
        /// Pages of the file.
        of: usize,
        /// A line before them, or "".
        note: String,
    },
    /// Lines of text.
    Text {
        /// The lines.
        text: Text,
        /// A line before them, or "".
        note: String,
    },
}

/// A bitmap on paper.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::print) struct Sheet {
    /// Its virtual file.
    pub path: String,
    /// Width in points.
    pub width: f64,
    /// Height in points.
    pub height: f64,
    /// What it says, for those who can't see it.
    pub alt: String,
    /// It is turned by a quarter, its top to the left; `width` and `height` are those of what is turned.
    pub turned: bool,
}

impl Sheet {
    /// The height that it takes on paper, in points.
    pub(in crate::print) fn tall(&self) -> f64 {
        if self.turned { self.width } else { self.height }
    }
}

/// A picture that is printed with more dots to the inch than this has letters too small to read: where turning helps,
/// it is turned.
const FINE: f64 = 240.0;
/// A fine picture is turned when it gets this many times as large.
const TURN: f64 = 1.2;

/// How a picture of so many dots, or points, is set into `room`, never larger than `most` points a dot.
fn picture_fit(width: f64, height: f64, room: (f64, f64), most: f64) -> (f64, bool) {
    let (upright, _) = bitmap::fit(width, height, room, f64::INFINITY);
    if upright >= most.min(72.0 / FINE) {
        return (upright.min(most), false);
    }
    let (fit, turned) = bitmap::fit(width, height, room, TURN);
    (fit.min(most), turned)
}

/// Everything that was drawn for a binder.
#[derive(Debug, Default)]
pub(in crate::print) struct Drawings {
    /// One for each exhibit, in their order.
    pub bodies: Vec<Body>,
    /// The files of the bitmaps.
    pub files: BTreeMap<String, Bytes>,
    /// What could not be printed as it is.
    pub warnings: Vec<Diagnostic>,
}

/// One exhibit, and what is known of its file.
struct Job<'a> {
    exhibit: &'a Exhibit,
    index: usize,
    file: &'a str,
    place: Place,
    extension: String,
    room: (f64, f64),
}

/// What came of one exhibit.
struct Done {
    body: Body,
    files: Vec<(String, Bytes)>,
    warning: Option<Diagnostic>,
}

/// Draws every exhibit to fit into `room`, width and height in points.
pub(in crate::print) fn draw(binder: &Binder, links: &Links, folder: &Folder, room: (f64, f64)) -> Drawings {
    let exhibits = &binder.content.exhibits;
    // In parallel into a list in their order: which one is ready first is not seen.
    let done: Vec<Done> = exhibits
        .par_iter()
        .enumerate()
        .map(|(index, exhibit)| one(exhibit, index, links, folder, room))
        .collect();
    let mut drawings = Drawings::default();
    for done in done {
        drawings.bodies.push(done.body);
        drawings.files.extend(done.files);
        drawings.warnings.extend(done.warning);
    }
    drawings
}

fn one(exhibit: &Exhibit, index: usize, links: &Links, folder: &Folder, room: (f64, f64)) -> Done {
    let Some(file) = exhibit.file.as_ref().filter(|_| exhibit.found.is_some()) else {
        return Done::of(Body::Nothing);
    };
    let end = file
        .value
        .rsplit('/')
        .next()
        .and_then(|name| name.rsplit_once('.'));
    let job = Job {
        exhibit,
        index,
        file: &file.value,
        place: file.place.clone(),
        extension: end.map_or(String::new(), |(_, end)| end.to_ascii_lowercase()),
        room,
    };
    if exhibit.handling.phi == Some(Phi::Contains) {
        return Done::of(Body::Words(format!(
            "Not printed: the exhibit shows protected health information. {}",
            job.kept()
        )));
    }
    let Some(bytes) = folder.bytes(&file.value) else {
        let size = exhibit.found.as_ref().map_or(0, |found| found.size);
        if !job.is_printable() {
            return job.not_printable();
        }
        return job.refused(
            "exhibit-too-large",
            &format!("it is too large to be printed ({})", super::size_words(size)),
            "Name a smaller copy or an extract; the whole file may stay beside it.",
        );
    };
    if bytes.is_empty() {
        return job.refused(
            "exhibit-empty",
            "it is empty: it has no bytes",
            "Copy it again from where it came, or take the line out.",
        );
    }
    // A PDF may have something before its beginning; a text may speak of one.
    let before = if listing::is_text(&job.extension) { 5 } else { 1024 };
    if bytes[..bytes.len().min(before)]
        .windows(5)
        .any(|five| five == b"%PDF-")
    {
        job.pages(bytes)
    } else if job.extension == "svg" || job.is_picture() || bitmap::is_picture(bytes) {
        job.picture(bytes, links)
    } else if listing::is_text(&job.extension) {
        job.text(bytes)
    } else if job.extension == "pdf" {
        job.damaged("it is not a PDF inside")
    } else if FOREIGN_PICTURES.contains(&job.extension.as_str()) {
        job.refused(
            "exhibit-not-drawable",
            &format!("it is {}", kind_words(&job.extension)),
            "Open it, save it as PNG or JPEG, and name that one; the file itself may stay beside it.",
        )
    } else {
        job.not_printable()
    }
}

impl Done {
    fn of(body: Body) -> Self {
        Self {
            body,
            files: vec![],
            warning: None,
        }
    }
}

impl Job<'_> {
    fn is_picture(&self) -> bool {
        ["png", "jpg", "jpeg", "gif", "webp"].contains(&self.extension.as_str())
    }

    fn is_printable(&self) -> bool {
        self.is_picture() || self.extension == "pdf" || listing::is_text(&self.extension)
    }

    /// Where the whole of it is.
    fn kept(&self) -> String {
        let paper = match self.exhibit.kept_at.as_str() {
            "" => String::new(),
            at => format!(" The original is kept at: {at}."),
        };
        format!(
            "The file is kept as {} in the practice's folder.{paper}",
            self.file
        )
    }

    fn warning(&self, code: &'static str, what: &str, help: &str) -> Diagnostic {
        let message = format!("the file {} is not printed as it is: {what}", self.file);
        Diagnostic::warning(code, self.place.clone(), message).help(help)
    }

    /// A sheet in place of what can't be printed, and a word to whoever keeps the evidence.
    fn refused(&self, code: &'static str, why: &str, help: &str) -> Done {
        Done {
            body: Body::Words(format!("This exhibit can't be printed: {why}. {}", self.kept())),
            files: vec![],
            warning: Some(self.warning(code, why, help)),
        }
    }

    fn damaged(&self, why: &str) -> Done {
        self.refused(
            "exhibit-not-drawable",
            why,
            "Open the file. If it opens, save or print it as a new PDF or PNG and name that one; if not, copy it again from where it came.",
        )
    }

    /// A sheet for what no paper can show.
    fn not_printable(&self) -> Done {
        Done::of(Body::Words(format!(
            "Not printed: this is {}. {} The SHA-256 above tells whether a copy is the same file.",
            kind_words(&self.extension),
            self.kept()
        )))
    }

    fn title(&self) -> String {
        format!("Exhibit {}: {}", self.exhibit.id, self.exhibit.title)
    }

    fn virtual_path(&self, page: usize, extension: &str) -> String {
        format!("/exhibits/{}-{page}.{extension}", self.index)
    }

    fn picture(&self, bytes: &Arc<[u8]>, links: &Links) -> Done {
        let too_large = |width: u32, height: u32| {
            self.refused(
                "exhibit-too-large",
                &format!("the picture has {width} by {height} dots, more than can be drawn"),
                "Name a smaller copy, 3,000 dots wide or so; paper shows no more.",
            )
        };
        let plan = if self.extension == "svg" {
            Ok(Plan::AsIs("svg"))
        } else {
            match guard::run(|| bitmap::plan(bytes, self.room)) {
                Ok(Ok(plan)) => Ok(plan),
                Ok(Err(bitmap::Why::TooLarge(width, height))) => return too_large(width, height),
                Ok(Err(bitmap::Why::Damaged(why))) => Err(why.to_string()),
                Err(_) => Err("it is damaged".to_string()),
            }
        };
        match plan {
            Err(why) => self.damaged(&why),
            Ok(Plan::AsIs(_)) => match guard::run(|| links.exhibit_picture(self.file)) {
                Ok(Some(Ok(picture))) => {
                    // Its size in points says how many dots to the inch it has; at twice that many it is fine.
                    let (fit, turned) = {
                        let (fit, turned) =
                            picture_fit(picture.width * 2.0, picture.height * 2.0, self.room, 0.5);
                        (fit * 2.0, turned)
                    };
                    let sheet = Sheet {
                        path: picture.path,
                        width: picture.width * fit,
                        height: picture.height * fit,
                        alt: self.title(),
                        turned,
                    };
                    let note = String::new();
                    Done::of(Body::Picture { sheet, note })
                }
                Ok(Some(Err(why))) => self.damaged(&why),
                Ok(None) | Err(_) => self.damaged("it is damaged"),
            },
            Ok(Plan::Anew(drawn)) => self.drawn(drawn),
        }
    }

    fn drawn(&self, drawn: Drawn) -> Done {
        let (width, height) = (f64::from(drawn.width), f64::from(drawn.height));
        // 144 dots to the inch where the paper has room for it, as for every other picture.
        let (fit, turned) = picture_fit(width, height, self.room, 0.5);
        let path = self.virtual_path(1, drawn.extension);
        let mut note = String::new();
        let mut warning = None;
        if let Some((from_width, from_height)) = drawn.scaled_from {
            note = format!(
                "Printed with {} by {} dots; the file has {from_width} by {from_height}. {}",
                drawn.width,
                drawn.height,
                self.kept()
            );
            if drawn.large {
                warning = Some(self.warning(
                    "exhibit-scaled-down",
                    &format!("the picture has {from_width} by {from_height} dots, and is printed smaller"),
                    "A copy 3,000 dots wide prints just as well and builds faster.",
                ));
            }
        }
        Done {
            body: Body::Picture {
                sheet: Sheet {
                    path: path.clone(),
                    width: width * fit,
                    height: height * fit,
                    alt: self.title(),
                    turned,
                },
                note,
            },
            files: vec![(path, drawn.bytes)],
            warning,
        }
    }

    fn pages(&self, bytes: &Arc<[u8]>) -> Done {
        let data = Bytes::new(bytes.clone());
        let room = (self.room.0 as u32, self.room.1 as u32);
        let pages = match guard::run(|| pdf::draw(data, room, PAGES)) {
            Ok(Ok(pages)) => pages,
            Ok(Err(pdf::Why::Encrypted)) => {
                return self.refused(
                    "exhibit-encrypted",
                    "the PDF asks for a password",
                    "Open it with its password, print it to a new PDF, and name that one.",
                );
            }
            Ok(Err(pdf::Why::NoPages)) => return self.damaged("the PDF has no page that can be read"),
            Ok(Err(pdf::Why::Damaged)) | Err(Fallen::Over) => return self.damaged("the PDF is damaged"),
            Err(Fallen::TooMuch) => {
                return self.refused(
                    "exhibit-too-large",
                    "the PDF draws more than can be put on paper in a sensible time",
                    "Scan the paper, or save the pages as pictures, and name those.",
                );
            }
        };
        let mut files = vec![];
        let mut sheets = vec![];
        let printed = pages.drawn.len();
        for (n, page) in pages.drawn.into_iter().enumerate() {
            let path = self.virtual_path(n + 1, page.bitmap.extension);
            let (width, height) = (f64::from(page.bitmap.width), f64::from(page.bitmap.height));
            let (fit, turned) = bitmap::fit(width, height, self.room, pdf::TURN);
            let fit = fit.min(72.0 / pdf::DPI);
            let words = match page.text.as_str() {
                "" => "A picture of a page; the file holds no words for it.".to_string(),
                text => format!("Text of the page: {text}"),
            };
            sheets.push(Sheet {
                path: path.clone(),
                width: width * fit,
                height: height * fit,
                alt: format!("{}. Page {} of {}. {words}", self.title(), n + 1, pages.of),
                turned,
            });
            files.push((path, page.bitmap.bytes));
        }
        let (note, warning) = self.cut("pages", printed, pages.of);
        Done {
            body: Body::Pages {
                sheets,
                of: pages.of,
                note,
            },
            files,
            warning,
        }
    }

    fn text(&self, bytes: &Arc<[u8]>) -> Done {
        let path: Arc<str> = self.file.into();
        let Some(text) = listing::read(&path, &self.extension, bytes) else {
            return self.damaged("it is not plain text inside");
        };
        let (note, mut warning) = self.cut("lines", text.lines.len(), text.of);
        if text.foreign && warning.is_none() {
            warning = Some(self.warning(
                "exhibit-not-utf8",
                "it is not saved as UTF-8, and was read in the encoding of Windows",
                "Look at the listing. If a sign is wrong, save the file as UTF-8: a choice of \"Save as\".",
            ));
        }
        Done {
            body: Body::Text { text, note },
            files: vec![],
            warning,
        }
    }

    /// A note and a warning where not all of a file is printed.
    fn cut(&self, things: &str, printed: usize, of: usize) -> (String, Option<Diagnostic>) {
        if printed >= of {
            return (String::new(), None);
        }
        let what = format!("only its first {printed} of {of} {things} are printed");
        (
            format!(
                "The first {printed} of {of} {things} are printed. The whole file is kept as {} in the practice's folder.",
                self.file
            ),
            Some(self.warning(
                "exhibit-cut",
                &what,
                "Name an extract with what the rows need; the whole file may stay beside it.",
            )),
        )
    }
}

/// How the names of pictures end that this program does not read.
const FOREIGN_PICTURES: [&str; 6] = ["heic", "heif", "tif", "tiff", "bmp", "avif"];

/// "a video (mp4)".
fn kind_words(extension: &str) -> String {
    let what = match extension {
        "mp4" | "mov" | "avi" | "mkv" | "webm" | "m4v" => "a video",
        "mp3" | "wav" | "m4a" | "ogg" => "a sound recording",
        "xlsx" | "xls" | "xlsm" | "ods" => "a workbook of a spreadsheet program",
        "docx" | "doc" | "odt" | "rtf" => "a document of a word processor",
        "pptx" | "ppt" | "odp" => "a set of slides",
        "zip" | "7z" | "rar" | "gz" | "tar" => "an archive of files",
        other if FOREIGN_PICTURES.contains(&other) => "a picture in a form that can't be printed here",
        "msg" | "pst" | "mbox" => "mail in the form of a mail program",
        "" => "a file whose name does not say what it holds",
        _ => "a file that no page can show",
    };
    if extension.is_empty() {
        what.to_string()
    } else {
        format!("{what} ({extension})")
    }
}
