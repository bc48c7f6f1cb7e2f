//! Elements of a text that have begun and not ended.

use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, LinkType, Tag, TagEnd};

use super::{Align, Block, Inline, Item};

/// An element that has begun and not ended.
pub(super) struct Frame {
    pub range: Range<usize>,
    pub body: Body,
}

pub(super) enum Body {
    Root(Vec<Block>),
    Quote(Vec<Block>),
    Item {
        task: Option<bool>,
        blocks: Vec<Block>,
    },
    /// A definition; `number` is none where no reference leads to it, and then its blocks stay where they stand.
    Footnote {
        number: Option<usize>,
        label: String,
        blocks: Vec<Block>,
    },
    List {
        start: Option<u64>,
        tight: bool,
        items: Vec<Item>,
    },
    /// Text of a paragraph. `implied`: pulldown-cmark gave no paragraph, as in the items of a tight list.
    Paragraph {
        implied: bool,
        inlines: Vec<Inline>,
    },
    Heading {
        level: u8,
        inlines: Vec<Inline>,
        cites_before: usize,
    },
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Strike(Vec<Inline>),
    Link {
        target: String,
        title: String,
        inlines: Vec<Inline>,
    },
    Image {
        src: String,
        title: String,
        alt: String,
    },
    Code {
        language: Option<String>,
        text: String,
    },
    Html(String),
    Table {
        align: Vec<Align>,
        head: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    Row(Vec<Vec<Inline>>),
    Cell(Vec<Inline>),
}

impl Body {
    /// What an element begins as; none for those that are not asked for. The parser gives a heading and a footnote
    /// what only it knows.
    pub(super) fn of(tag: Tag) -> Option<Self> {
        Some(match tag {
            Tag::Paragraph => Body::Paragraph {
                implied: false,
                inlines: Vec::new(),
            },
            Tag::Heading { level, .. } => Body::Heading {
                level: level as u8,
                inlines: Vec::new(),
                cites_before: 0,
            },
            Tag::BlockQuote(_) => Body::Quote(Vec::new()),
            Tag::CodeBlock(kind) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().map(str::to_owned),
                    CodeBlockKind::Indented => None,
                };
                Body::Code {
                    language,
                    text: String::new(),
                }
            }
            Tag::HtmlBlock => Body::Html(String::new()),
            Tag::List(start) => Body::List {
                start,
                tight: true,
                items: Vec::new(),
            },
            Tag::Item => Body::Item {
                task: None,
                blocks: Vec::new(),
            },
            Tag::FootnoteDefinition(label) => Body::Footnote {
                number: None,
                label: label.into_string(),
                blocks: Vec::new(),
            },
            Tag::Table(align) => Body::Table {
                align: align.into_iter().map(alignment).collect(),
                head: Vec::new(),
                rows: Vec::new(),
            },
            Tag::TableHead | Tag::TableRow => Body::Row(Vec::new()),
            Tag::TableCell => Body::Cell(Vec::new()),
            Tag::Emphasis => Body::Emphasis(Vec::new()),
            Tag::Strong => Body::Strong(Vec::new()),
            Tag::Strikethrough => Body::Strike(Vec::new()),
            Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            } => {
                let mail = if link_type == LinkType::Email {
                    "mailto:"
                } else {
                    ""
                };
                Body::Link {
                    target: format!("{mail}{dest_url}"),
                    title: title.into_string(),
                    inlines: Vec::new(),
                }
            }
            Tag::Image { dest_url, title, .. } => Body::Image {
                src: dest_url.into_string(),
                title: title.into_string(),
                alt: String::new(),
            },
            Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => return None,
        })
    }

    pub(super) fn blocks(&mut self) -> Option<&mut Vec<Block>> {
        match self {
            Body::Root(blocks) | Body::Quote(blocks) => Some(blocks),
            Body::Item { blocks, .. } | Body::Footnote { blocks, .. } => Some(blocks),
            _ => None,
        }
    }

    pub(super) fn inlines(&mut self) -> Option<&mut Vec<Inline>> {
        match self {
            Body::Emphasis(inlines) | Body::Strong(inlines) | Body::Strike(inlines) | Body::Cell(inlines) => {
                Some(inlines)
            }
            Body::Paragraph { inlines, .. } | Body::Heading { inlines, .. } | Body::Link { inlines, .. } => {
                Some(inlines)
            }
            _ => None,
        }
    }
}

/// Whether an element ends a paragraph that no event ended.
pub(super) fn is_block(tag: &Tag) -> bool {
    !matches!(
        tag,
        Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. }
    )
}

/// The same for ends.
pub(super) fn is_block_end(end: TagEnd) -> bool {
    !matches!(
        end,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}

fn alignment(align: Alignment) -> Align {
    match align {
        Alignment::None => Align::Default,
        Alignment::Left => Align::Left,
        Alignment::Center => Align::Center,
        Alignment::Right => Align::Right,
    }
}

/// Line ends as `\n`.
pub(super) fn unix(text: String) -> String {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text
    }
}
