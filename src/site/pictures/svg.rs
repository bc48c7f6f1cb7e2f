//! Which SVG files are drawings and nothing else.
//!
//! An SVG file that is opened by itself is a web page: from a shared drive there is no server whose headers could keep it
//! from running a script. So it is read as XML, and every element, attribute, link and style in it must be of a kind
//! that draws. What is not known is refused; such a file is published as text.

/// Namespace of SVG.
const SVG: &str = "http://www.w3.org/2000/svg";
/// Namespace of web pages: diagram programs put the words of a box into a `div`.
const XHTML: &str = "http://www.w3.org/1999/xhtml";
/// Namespace of the data about a drawing.
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
/// How deep elements may nest.
const MAX_DEPTH: usize = 200;

/// Elements of SVG that draw, or hold what draws. No script, no link to another drawing's parts, nothing that moves: an
/// animation may change the target of a link.
const DRAWS: &[&str] = &[
    "a",
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "filter",
    "foreignObject",
    "g",
    "image",
    "line",
    "linearGradient",
    "marker",
    "mask",
    "metadata",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "stop",
    "style",
    "svg",
    "switch",
    "symbol",
    "text",
    "textPath",
    "title",
    "tspan",
    "use",
];

/// Elements of web pages that hold words and nothing else.
const HOLDS_WORDS: &[&str] = &[
    "b", "br", "code", "div", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p",
    "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
];

/// True when a file holds a drawing, and nothing that runs, asks for a file of elsewhere or shows a page.
pub fn is_a_drawing(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let text = text.trim_start_matches('\u{feff}');
    // Signs that switch to another encoding in the middle of a word.
    let odd = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    !text.contains(odd) && Reader::new(text).reads_a_drawing().is_some()
}

/// An open element: whether it is a style sheet, and how many namespaces it declared.
struct Open<'a> {
    name: &'a str,
    is_style: bool,
    declared: usize,
}

struct Reader<'a> {
    rest: &'a str,
    open: Vec<Open<'a>>,
    /// Prefix and namespace, the innermost last.
    spaces: Vec<(&'a str, String)>,
    seen_root: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            open: vec![],
            spaces: vec![],
            seen_root: false,
        }
    }

    /// `None` for everything that is refused.
    fn reads_a_drawing(mut self) -> Option<()> {
        if let Some(rest) = self.rest.strip_prefix("<?xml ") {
            let (declaration, rest) = rest.split_once("?>")?;
            encoding_is_ours(declaration)?;
            self.rest = rest;
        }
        while !self.rest.is_empty() {
            let end = self.rest.find('<').unwrap_or(self.rest.len());
            let (words, rest) = self.rest.split_at(end);
            self.words(words)?;
            self.rest = rest;
            if let Some(rest) = rest.strip_prefix("<!--") {
                self.rest = rest.split_once("-->")?.1;
            } else if let Some(rest) = rest.strip_prefix("<![CDATA[") {
                let (words, rest) = rest.split_once("]]>")?;
                self.style(words)?;
                self.rest = rest;
            } else if let Some(rest) = rest.strip_prefix("<?xpacket ") {
                self.rest = rest.split_once("?>")?.1;
            } else if let Some(rest) = rest.strip_prefix("<!DOCTYPE ") {
                // With brackets it declares names for text, which could stand for anything.
                let (name, rest) = rest.split_once('>')?;
                (!self.seen_root && !name.contains(['[', '<'])).then_some(())?;
                self.rest = rest;
            } else if let Some(rest) = rest.strip_prefix("</") {
                let (name, rest) = rest.split_once('>')?;
                let open = self.open.pop()?;
                (open.name == name.trim_end()).then_some(())?;
                self.spaces.truncate(self.spaces.len() - open.declared);
                self.rest = rest;
            } else if let Some(rest) = rest.strip_prefix('<') {
                self.rest = rest;
                self.element()?;
            }
        }
        (self.seen_root && self.open.is_empty()).then_some(())
    }

    /// Words between tags: of a style sheet or of the drawing.
    fn words(&self, words: &str) -> Option<()> {
        let words = decoded(words)?;
        let outside = self.open.is_empty() && !words.trim().is_empty();
        (!outside).then_some(())?;
        self.style(&words)
    }

    fn style(&self, words: &str) -> Option<()> {
        match self.open.last() {
            Some(open) if open.is_style => style_is_plain(words),
            Some(_) => Some(()),
            None => words.trim().is_empty().then_some(()),
        }
    }

    /// An element behind its `<`.
    fn element(&mut self) -> Option<()> {
        let (name, mut rest) = name(self.rest)?;
        let mut attributes = vec![];
        let closed = loop {
            let trimmed = rest.trim_start();
            if let Some(after) = trimmed.strip_prefix('>') {
                rest = after;
                break false;
            }
            if let Some(after) = trimmed.strip_prefix("/>") {
                rest = after;
                break true;
            }
            (trimmed.len() < rest.len()).then_some(())?;
            let (attribute, after) = self::name(trimmed)?;
            let after = after.trim_start().strip_prefix('=')?.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, after) = after[1..].split_once(quote)?;
            (!value.contains('<')).then_some(())?;
            attributes.push((attribute, decoded(value)?));
            rest = after;
        };
        self.rest = rest;
        let mut declared = 0;
        for (attribute, value) in &attributes {
            let prefix = match attribute.strip_prefix("xmlns") {
                Some("") => "",
                Some(prefix) => prefix.strip_prefix(':')?,
                None => continue,
            };
            self.spaces.push((prefix, value.clone()));
            declared += 1;
        }
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let space = self.space(prefix)?;
        let draws = match space {
            SVG => DRAWS.contains(&local),
            XHTML => self.seen_root && HOLDS_WORDS.contains(&local),
            RDF | "" => self.seen_root,
            // Notes of drawing programs to themselves. Browsers know no other space that does anything.
            other => self.seen_root && !["w3.org", "mozilla"].iter().any(|known| other.contains(known)),
        };
        let begins = self.seen_root || (space == SVG && local == "svg");
        let more = self.open.is_empty() && self.seen_root;
        (draws && begins && !more && self.open.len() < MAX_DEPTH).then_some(())?;
        let is_link = space == SVG && local == "a";
        for (attribute, value) in attributes.iter().filter(|(name, _)| !name.starts_with("xmlns")) {
            attribute_is_plain(attribute, value, is_link)?;
        }
        self.seen_root = true;
        if closed {
            self.spaces.truncate(self.spaces.len() - declared);
        } else {
            self.open.push(Open {
                name,
                is_style: local == "style",
                declared,
            });
        }
        Some(())
    }

    /// The namespace of a prefix; `None` where nothing declares it.
    fn space(&self, prefix: &str) -> Option<&str> {
        let found = self.spaces.iter().rev().find(|(known, _)| *known == prefix);
        match found {
            Some((_, space)) => Some(space),
            None => prefix.is_empty().then_some(""),
        }
    }
}

/// A name of XML in the letters that drawings use, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.:".contains(c)))?;
    (end > 0).then(|| text.split_at(end))
}

/// In another encoding the bytes may say something else to a browser than to us.
fn encoding_is_ours(declaration: &str) -> Option<()> {
    let Some((_, rest)) = declaration.split_once("encoding") else {
        return Some(());
    };
    let named = rest.trim_start().strip_prefix('=')?.trim().to_ascii_lowercase();
    ["utf-8", "utf8", "us-ascii"]
        .iter()
        .any(|one| named.trim_start_matches(['"', '\'']).starts_with(one))
        .then_some(())
}

/// Text with its character references replaced; `None` for names that XML itself does not know.
fn decoded(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split('&');
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (reference, rest) = piece.split_once(';')?;
        let number = match reference.strip_prefix('#') {
            Some(digits) => match digits.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => digits.parse().ok(),
            },
            None => None,
        };
        out.push(match (reference, number) {
            (_, Some(number)) => char::from_u32(number)?,
            ("amp", _) => '&',
            ("lt", _) => '<',
            ("gt", _) => '>',
            ("quot", _) => '"',
            ("apos", _) => '\'',
            _ => return None,
        });
        out.push_str(rest);
    }
    Some(out)
}

fn attribute_is_plain(name: &str, value: &str, is_link: bool) -> Option<()> {
    let local = name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase();
    let flat: String = value
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect::<String>()
        .to_ascii_lowercase();
    let plain = match local.as_str() {
        "href" | "src" => {
            flat.starts_with('#')
                || flat.is_empty()
                || is_embedded(&flat)
                || (is_link && (flat.starts_with("https://") || flat.starts_with("http://")))
        }
        "style" => return style_is_plain(value),
        "base" | "formaction" | "action" | "srcdoc" | "srcset" | "ping" | "data" | "background" => false,
        event if event.starts_with("on") => false,
        _ => !flat.starts_with("javascript:"),
    };
    (plain && urls_are_plain(&flat)).then_some(())
}

/// A style sheet that asks for nothing and names things without disguise.
fn style_is_plain(sheet: &str) -> Option<()> {
    let sheet: String = sheet.chars().filter(|c| !c.is_whitespace()).collect();
    let sheet = sheet.to_ascii_lowercase();
    let refused = [
        "\\",
        "@import",
        "image-set(",
        "src(",
        "expression(",
        "javascript:",
        "binding",
        "behavior:",
    ];
    (!refused.iter().any(|one| sheet.contains(one)) && urls_are_plain(&sheet)).then_some(())
}

/// Every `url(...)` leads to a part of the same drawing or holds a picture or a font itself.
fn urls_are_plain(text: &str) -> bool {
    text.split("url(").skip(1).all(|rest| {
        let target = rest.trim_start_matches(['"', '\'']);
        target.starts_with('#') || is_embedded(target)
    })
}

/// Pictures and fonts that stand in the file itself. Not SVG: a drawing within the drawing would have to be read as well.
fn is_embedded(target: &str) -> bool {
    target.strip_prefix("data:").is_some_and(|kind| {
        [
            "image/png",
            "image/jpeg",
            "image/jpg",
            "image/gif",
            "image/webp",
            "font/",
            "application/font",
            "application/x-font",
        ]
        .iter()
        .any(|known| kind.starts_with(known))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(inside: &str) -> bool {
        let head = "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"";
        is_a_drawing(format!("{head}>{inside}</svg>").as_bytes())
    }

    #[test]
    fn what_drawing_programs_write_is_a_drawing() {
        for inside in [
            "<path d=\"M0 0\"/><use xlink:href=\"#a\"/><text x='1'>A &amp; B &#169;</text>",
            "<style type=\"text/css\"><![CDATA[ .a { fill: url(#g) } ]]></style><rect class=\"a\" fill=\"url('#g')\"/>",
            "<image href=\"data:image/png;base64,iVBORw0KGgo=\"/>",
            "<switch><foreignObject><div xmlns=\"http://www.w3.org/1999/xhtml\" style=\"color: red\">Server<br/>room</div>\
             </foreignObject><text>Server</text></switch>",
            "<a xlink:href=\"https://www.drawio.com/doc\" target=\"_blank\"><text>Text</text></a>",
            "<!-- a comment --><metadata><r:RDF xmlns:r=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"/></metadata>",
            "<s:namedview xmlns:s=\"http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd\" s:zoom=\"1\"/>",
        ] {
            assert!(drawing(inside), "{inside}");
        }
        let old = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<!-- by hand -->\n<!DOCTYPE svg PUBLIC \
                   \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\">\n\
                   <s:svg xmlns:s=\"http://www.w3.org/2000/svg\"><s:g/></s:svg>\n<!-- end -->\n";
        assert!(is_a_drawing(old.as_bytes()));
    }

    #[test]
    fn what_could_run_or_ask_for_something_is_none() {
        for inside in [
            "<script>x</script>",
            "<SCRIPT>x</SCRIPT>",
            "<x:script xmlns:x=\"http://www.w3.org/2000/svg\">x</x:script>",
            "<x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">x</x:script>",
            "<x:script xmlns:x=\"&#104;ttp://www.w3.org/1999/xhtml\">x</x:script>",
            "<script xmlns=\"http://www.w3.org/1999/xhtml\">x</script>",
            "<iframe xmlns=\"http://www.w3.org/1999/xhtml\"/>",
            "<math xmlns=\"http://www.w3.org/1998/Math/MathML\" href=\"javascript:x\"/>",
            "<g onload=\"x\"/>",
            "<g ONLOAD=\"x\"/>",
            "<g\nonload = 'x'/>",
            "<foreignObject><div xmlns=\"http://www.w3.org/1999/xhtml\" onclick=\"x\"/></foreignObject>",
            "<foreignObject><img xmlns=\"http://www.w3.org/1999/xhtml\" src=\"https://a.example/x\"/></foreignObject>",
            "<a xlink:href=\"javascript:x\"/>",
            "<a href=\"&#106;avascript:x\"/>",
            "<a href=\"java&#10;script:x\"/>",
            "<a xmlns:y=\"http://www.w3.org/1999/xlink\" y:href=\" javascript:x\"/>",
            "<a href=\"data:text/html,x\"/>",
            "<use href=\"data:image/svg+xml,x\"/>",
            "<use href=\"other.svg#x\"/>",
            "<image href=\"https://a.example/x.png\"/>",
            "<image href=\"//a.example/x.png\"/>",
            "<animate attributeName=\"href\" to=\"javascript:x\"/>",
            "<set attributeName=\"onload\" to=\"x\"/>",
            "<rect fill=\"url(https://a.example/#x)\"/>",
            "<rect style=\"fill: u\\72l(https://a.example/)\"/>",
            "<style>@import 'https://a.example/x.css';</style>",
            "<style><![CDATA[ a { background: url( https://a.example/ ) } ]]></style>",
            "<style>&#64;import 'x'</style>",
            "<?xml-stylesheet href=\"x.xsl\"?>",
            "<g>",
            "</g>",
            "<g a=b/>",
            "<g a=\"<\"/>",
            "<text>&unknown;</text>",
            "<unknown/>",
            "<p:g/>",
        ] {
            assert!(!drawing(inside), "{inside}");
        }
        for whole in [
            "",
            "<svg/>",
            "<svg><path/></svg>",
            "<!DOCTYPE svg [<!ENTITY x 'y'>]><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            "<?xml version=\"1.0\" encoding=\"iso-2022-jp\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\"/><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            "<html xmlns=\"http://www.w3.org/1999/xhtml\"><svg xmlns=\"http://www.w3.org/2000/svg\"/></html>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><scr\u{1b}(Bipt>x</scr\u{1b}(Bipt></svg>",
            "words <svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        ] {
            assert!(!is_a_drawing(whole.as_bytes()), "{whole}");
        }
        assert!(!is_a_drawing(b"\xff\xfe<\0s\0v\0g\0"));
    }
}
