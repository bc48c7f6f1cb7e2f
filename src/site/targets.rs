//! Where links and images of the clinic's own texts lead: from paths in the content folder to addresses in the site.

use std::collections::{BTreeMap, BTreeSet};

use super::markdown::Why;
use super::outside;
use super::pictures;
use crate::address;
use crate::binder::Binder;
use crate::markdown::{Block, BlockKind, Document};
use crate::world::Folder;

/// Everything in the folder that a link can mean.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Targets {
    pages: BTreeMap<String, Page>,
    pictures: BTreeMap<String, Picture>,
    /// Pages of exhibits, by number.
    exhibits: BTreeMap<String, String>,
}

#[derive(Debug, PartialEq, Eq)]
struct Page {
    address: String,
    /// Anchors of the page, where the text has any of its own.
    anchors: BTreeSet<String>,
}

#[derive(Debug, PartialEq, Eq)]
struct Picture {
    address: String,
    size: Option<(u32, u32)>,
    /// True when nothing else copies it.
    media: bool,
}

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// To an address of the site.
    Page(String),
    /// To another site, by mail or by telephone.
    Outside(String),
    /// Nowhere.
    Broken(Why),
}

/// Where an image comes from.
#[derive(Debug, PartialEq, Eq)]
pub enum ImageTarget {
    /// A file of the site.
    Here {
        /// Its address.
        address: String,
        /// Width and height in pixels, where the file says so.
        size: Option<(u32, u32)>,
        /// Path in the content folder, when the file is copied for this image alone.
        media: Option<String>,
    },
    /// On another site: shown as a link, since no request leaves this one.
    Outside(String),
    /// Nowhere.
    Broken(Why),
}

impl Targets {
    /// Collects what the binder shows. `text_page` gives the page of a text of a policy.
    pub fn new(binder: &Binder, folder: &Folder, text_page: impl Fn(usize, usize) -> String) -> Self {
        let mut targets = Self::default();
        for (path, address) in [
            ("", address::DASHBOARD),
            ("answers", address::STANDARDS),
            ("policies", address::POLICIES),
            ("records", address::RECORDS),
            ("registers", address::REGISTERS),
            ("registers/evidence.csv", address::EXHIBITS),
            ("evidence", address::EXHIBITS),
        ] {
            targets.page(path, address.to_string(), BTreeSet::new());
        }
        for answer in &binder.content.answers {
            targets.page(&answer.path, address::row_page(answer.row), anchors(&answer.body));
        }
        for (l, life) in binder.policies.iter().enumerate() {
            for (t, text) in life.texts.iter().enumerate() {
                targets.page(&text.policy.path, text_page(l, t), anchors(&text.policy.body));
            }
        }
        for record in &binder.content.records {
            targets.page(
                &record.path,
                address::record_page(&record.id),
                anchors(&record.body),
            );
        }
        for (name, table) in &binder.content.registers {
            let anchors = table.entries.iter().map(|e| e.anchor.clone()).collect();
            targets.page(&table.path, address::register_page(name), anchors);
        }
        for exhibit in &binder.content.exhibits {
            targets.exhibit_number(&exhibit.id);
            let Some(file) = &exhibit.file else { continue };
            let address = address::exhibit_page(&exhibit.id);
            targets.pages.entry(file.value.clone()).or_insert(Page {
                address,
                anchors: BTreeSet::new(),
            });
            let bytes = folder.bytes(&file.value).map_or(&[][..], |b| b);
            if pictures::is_picture(&file.value, bytes) && exhibit.found.is_some() {
                let address =
                    address::exhibit_file(&exhibit.id, &pictures::published_name(&file.value, bytes));
                let picture = Picture {
                    address,
                    size: pictures::size(bytes),
                    media: false,
                };
                targets.pictures.entry(file.value.clone()).or_insert(picture);
            }
        }
        for (path, file) in &folder.files {
            let beside = ["answers/", "policies/", "records/"]
                .iter()
                .any(|d| path.starts_with(d));
            let bytes = file.bytes.as_deref().unwrap_or_default();
            if beside && pictures::is_picture(path, bytes) {
                let address = format!(
                    "media/{}",
                    path.split('/').map(address::slug).collect::<Vec<_>>().join("/")
                );
                let picture = Picture {
                    address,
                    size: pictures::size(bytes),
                    media: true,
                };
                targets.pictures.insert(path.to_string(), picture);
            }
        }
        targets
    }

    fn page(&mut self, path: &str, address: String, anchors: BTreeSet<String>) {
        self.pages.insert(path.to_string(), Page { address, anchors });
    }

    /// Remembers an exhibit number, if it can stand in prose without being taken for something else.
    fn exhibit_number(&mut self, id: &str) {
        let has = |test: fn(&char) -> bool| id.chars().any(|c| test(&c));
        if has(char::is_ascii_digit) && has(char::is_ascii_alphabetic) && id.len() > 2 {
            self.exhibits.insert(id.to_string(), address::exhibit_page(id));
        }
    }

    /// False for a text that surely holds no exhibit number: each has a digit, and few texts do.
    pub fn may_hold_exhibits(&self, text: &str) -> bool {
        !self.exhibits.is_empty() && text.bytes().any(|byte| byte.is_ascii_digit())
    }

    /// The page of the exhibit with this number.
    pub fn exhibit(&self, id: &str) -> Option<&str> {
        self.exhibits.get(id).map(String::as_str)
    }

    /// Where a link in `file` leads.
    pub fn link(&self, file: &str, target: &str) -> LinkTarget {
        match split(target) {
            Split::Outside(url) => LinkTarget::Outside(url),
            Split::Refused => LinkTarget::Broken(Why::Scheme),
            Split::Inside { path, anchor } => {
                let path = if path.is_empty() {
                    Some(file.to_string())
                } else {
                    address::resolve(file, &path)
                };
                let Some(page) = path.and_then(|p| self.pages.get(p.as_str())) else {
                    return LinkTarget::Broken(Why::NoFile);
                };
                match anchor {
                    None => LinkTarget::Page(page.address.clone()),
                    Some(a) if a.is_empty() => LinkTarget::Page(page.address.clone()),
                    Some(a) if page.anchors.contains(&a) => LinkTarget::Page(format!("{}#{a}", page.address)),
                    Some(_) => LinkTarget::Broken(Why::NoAnchor),
                }
            }
        }
    }

    /// Where an image in `file` comes from.
    pub fn image(&self, file: &str, src: &str) -> ImageTarget {
        match split(src) {
            Split::Outside(url) if url.starts_with("http") => ImageTarget::Outside(url),
            Split::Outside(_) | Split::Refused => ImageTarget::Broken(Why::Scheme),
            Split::Inside { path, .. } => {
                let Some(path) = address::resolve(file, &path) else {
                    return ImageTarget::Broken(Why::NoFile);
                };
                match self.pictures.get(&path) {
                    Some(picture) => ImageTarget::Here {
                        address: picture.address.clone(),
                        size: picture.size,
                        media: picture.media.then_some(path),
                    },
                    None if self.pages.contains_key(&path) => ImageTarget::Broken(Why::NoImage),
                    None if path.starts_with("evidence/") => ImageTarget::Broken(Why::NoExhibit),
                    None => ImageTarget::Broken(Why::NoFile),
                }
            }
        }
    }

    /// Address of an image that is copied for its own sake, by its path in the content folder.
    pub fn media(&self, path: &str) -> Option<&str> {
        self.pictures
            .get(path)
            .filter(|p| p.media)
            .map(|p| p.address.as_str())
    }

    /// The page made of a file of the content folder, if there is one.
    pub fn page_of(&self, file: &str) -> Option<&str> {
        self.pages.get(file).map(|p| p.address.as_str())
    }
}

enum Split {
    Outside(String),
    Refused,
    Inside { path: String, anchor: Option<String> },
}

/// Judges a target: another site, this folder, or neither.
fn split(target: &str) -> Split {
    let target = target.trim();
    // Browsers skip tabs and line ends within a scheme; nobody types them.
    if target
        .chars()
        .any(|c| c.is_control() || ('\u{200b}'..='\u{200f}').contains(&c))
    {
        return Split::Refused;
    }
    if let Some((scheme, _)) = target.split_once(':') {
        let is_scheme = scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic());
        if is_scheme {
            return match scheme.to_ascii_lowercase().as_str() {
                "http" | "https" | "mailto" | "tel" => leads_out(target),
                _ => Split::Refused,
            };
        }
        // `a/b:c` is a file name; a colon before any slash or after odd letters is no link that anybody means.
        if !scheme.contains(['/', '#', '?', '\\']) {
            return Split::Refused;
        }
    }
    let target = target.replace('\\', "/");
    if let Some(host) = target.strip_prefix("//") {
        return leads_out(&format!("https://{host}"));
    }
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, Some(address::decoded(anchor))),
        None => (target.as_str(), None),
    };
    let path = path.split('?').next().unwrap_or_default();
    Split::Inside {
        path: address::decoded(path),
        anchor,
    }
}

fn leads_out(target: &str) -> Split {
    outside::address(target).map_or(Split::Refused, Split::Outside)
}

/// The anchors of all headings of a text.
fn anchors(document: &Document) -> BTreeSet<String> {
    fn collect(blocks: &[Block], out: &mut BTreeSet<String>) {
        for block in blocks {
            match &block.kind {
                BlockKind::Heading(h) => {
                    out.insert(h.anchor.clone());
                }
                BlockKind::Quote(blocks) => collect(blocks, out),
                BlockKind::List(list) => list.items.iter().for_each(|i| collect(&i.blocks, out)),
                _ => {}
            }
        }
    }
    let mut out = BTreeSet::new();
    collect(&document.blocks, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets() -> Targets {
        let mut targets = Targets::default();
        targets.exhibit_number("EX-1");
        targets.exhibit_number("12");
        let anchors = BTreeSet::from(["who-decides".to_string()]);
        targets.page(
            "policies/sanctions.md",
            "policies/sanction-policy.html".into(),
            anchors,
        );
        targets.page(
            "evidence/lock out.png",
            "exhibits/e1.html".into(),
            BTreeSet::new(),
        );
        targets.pictures.insert(
            "evidence/lock out.png".into(),
            Picture {
                address: "exhibits/files/e1/lock-out.png".into(),
                size: None,
                media: false,
            },
        );
        targets
    }

    #[test]
    fn links_between_files_lead_to_their_pages() {
        let t = targets();
        let page = |s: &str| LinkTarget::Page(s.to_string());
        for (target, expected) in [
            ("../policies/sanctions.md", page("policies/sanction-policy.html")),
            (
                "/policies/sanctions.md#who-decides",
                page("policies/sanction-policy.html#who-decides"),
            ),
            (
                "..\\policies\\sanctions.md",
                page("policies/sanction-policy.html"),
            ),
            ("../evidence/lock%20out.png", page("exhibits/e1.html")),
            (
                "../policies/sanctions.md#nobody",
                LinkTarget::Broken(Why::NoAnchor),
            ),
            ("../policies/other.md", LinkTarget::Broken(Why::NoFile)),
            ("../../../etc/passwd", LinkTarget::Broken(Why::NoFile)),
        ] {
            assert_eq!(t.link("answers/a.md", target), expected, "{target}");
        }
    }

    #[test]
    fn an_exhibit_number_is_known_where_it_cannot_be_anything_else() {
        assert_eq!(targets().exhibit("EX-1"), Some("exhibits/ex-1.html"));
        assert_eq!(targets().exhibit("12"), None);
    }

    #[test]
    fn only_harmless_schemes_lead_outside() {
        let t = targets();
        for url in [
            "https://www.hhs.gov/x?a=b#c",
            "http://a.example",
            "mailto:a@b.example",
            "tel:+1-555-0100",
        ] {
            assert_eq!(t.link("policies/a.md", url), LinkTarget::Outside(url.to_string()));
        }
        assert_eq!(
            t.link("policies/a.md", "//a.example/x"),
            LinkTarget::Outside("https://a.example/x".into())
        );
        for url in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            " javascript:alert(1)",
            "data:text/html,<script>",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:x",
            "https:evil",
            "\u{1}javascript:x",
        ] {
            assert_eq!(
                t.link("policies/a.md", url),
                LinkTarget::Broken(Why::Scheme),
                "{url:?}"
            );
        }
    }

    #[test]
    fn images_come_from_the_folder_or_become_links() {
        let t = targets();
        let here = |address: &str| ImageTarget::Here {
            address: address.into(),
            size: None,
            media: None,
        };
        assert_eq!(
            t.image("policies/a.md", "../evidence/lock out.png"),
            here("exhibits/files/e1/lock-out.png")
        );
        assert_eq!(
            t.image("policies/a.md", "../evidence/x.png"),
            ImageTarget::Broken(Why::NoExhibit)
        );
        assert_eq!(
            t.image("policies/a.md", "https://a.example/x.png"),
            ImageTarget::Outside("https://a.example/x.png".into())
        );
        assert_eq!(
            t.image("policies/a.md", "data:image/png;base64,AAAA"),
            ImageTarget::Broken(Why::Scheme)
        );
        assert_eq!(
            t.image("policies/a.md", "sanctions.md"),
            ImageTarget::Broken(Why::NoImage)
        );
    }
}
