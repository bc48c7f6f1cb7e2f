//! Pages read more strictly than browsers do: where this reader and a browser could differ, it refuses. What it finds
//! is then what every browser finds.

/// An element with its attributes and the text that stands directly in it.
#[derive(Debug, Default)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    /// Number of the element around it.
    pub parent: Option<usize>,
}

impl Element {
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Elements that have no end.
const VOID: [&str; 7] = ["br", "col", "hr", "img", "input", "link", "meta"];

/// Every name that our templates and texts may produce; HTML first, then SVG.
const KNOWN: [&str; 78] = [
    "a",
    "abbr",
    "aside",
    "article",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "code",
    "col",
    "colgroup",
    "datalist",
    "dd",
    "del",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "legend",
    "li",
    "link",
    "main",
    "mark",
    "meta",
    "nav",
    "noscript",
    "ol",
    "option",
    "output",
    "p",
    "pre",
    "s",
    "script",
    "section",
    "select",
    "small",
    "span",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "ul",
    "b",
    "i",
];
const DRAWN: [&str; 14] = [
    "svg", "symbol", "circle", "path", "pattern", "rect", "line", "text", "use", "g", "polyline", "polygon",
    "desc", "defs",
];

/// The elements of a page in the order of the page.
///
/// # Errors
/// The first place that is not written as this program writes: a tag without end or with an unknown name, a value without
/// double quotes, `<` or a lone `&` in a text, elements that cross.
pub fn read(page: &str) -> Result<Vec<Element>, String> {
    let mut all: Vec<Element> = vec![];
    let mut open: Vec<usize> = vec![];
    let mut rest = page.strip_prefix("<!doctype html>").ok_or("no doctype")?;
    loop {
        let end = rest.find('<').unwrap_or(rest.len());
        let (text, tag) = rest.split_at(end);
        let text =
            unescaped(text).map_err(|why| format!("{why}: {}", around(page, page.len() - rest.len())))?;
        match open.last() {
            Some(last) => all[*last].text.push_str(&text),
            None if text.trim().is_empty() => {}
            None => return Err(format!("text outside of the page: {text}")),
        }
        let Some(tag) = tag.strip_prefix('<') else { break };
        let at = || around(page, page.len() - tag.len());
        if let Some(closing) = tag.strip_prefix('/') {
            let (name, after) = closing.split_once('>').ok_or_else(at)?;
            let last = open.pop().ok_or_else(at)?;
            if all[last].name != name {
                return Err(format!("</{name}> ends <{}>: {}", all[last].name, at()));
            }
            rest = after;
            continue;
        }
        let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).ok_or_else(at)?;
        let (name, mut after) = tag.split_at(end);
        // The names that SVG writes with capitals are not used.
        if !KNOWN.contains(&name) && !DRAWN.contains(&name) {
            return Err(format!("an element {name}: {}", at()));
        }
        let mut element = Element {
            name: name.to_string(),
            parent: open.last().copied(),
            ..Element::default()
        };
        let closed = loop {
            let trimmed = after.trim_start();
            if let Some(behind) = trimmed.strip_prefix("/>") {
                after = behind;
                break true;
            }
            if let Some(behind) = trimmed.strip_prefix('>') {
                after = behind;
                break false;
            }
            if trimmed.len() == after.len() {
                return Err(format!("attributes without a space: {}", at()));
            }
            let end = trimmed.find(['=', ' ', '>', '\n', '/']).ok_or_else(at)?;
            let (attribute, behind) = trimmed.split_at(end);
            let plain = attribute
                .bytes()
                .all(|b| b.is_ascii_alphabetic() || b == b'-' || b.is_ascii_digit());
            if attribute.is_empty() || !plain || element.get(attribute).is_some() {
                return Err(format!("an attribute {attribute:?}: {}", at()));
            }
            let (value, behind) = match behind.strip_prefix("=\"") {
                Some(quoted) => quoted.split_once('"').ok_or_else(at)?,
                None if behind.starts_with('=') => return Err(format!("a value without quotes: {}", at())),
                None => ("", behind),
            };
            if value.contains(['<', '>']) {
                return Err(format!("a bracket in the value of {attribute}: {}", at()));
            }
            let value = unescaped(value).map_err(|why| format!("{why}: {}", at()))?;
            element.attributes.push((attribute.to_string(), value));
            after = behind;
        };
        let is_drawn = DRAWN.contains(&name);
        if closed && !is_drawn {
            return Err(format!("<{name}/>: {}", at()));
        }
        if !closed && !VOID.contains(&name) {
            open.push(all.len());
        }
        // Their text is not read as markup.
        if name == "style" || name == "script" {
            let (inside, behind) = after.split_once(&format!("</{name}>")).ok_or_else(at)?;
            if inside.contains('<') {
                return Err(format!("a bracket within <{name}>: {}", at()));
            }
            element.text = inside.to_string();
            open.pop();
            after = behind;
        }
        all.push(element);
        rest = after;
    }
    match open.last() {
        Some(last) => Err(format!("<{}> never ends", all[*last].name)),
        None => Ok(all),
    }
}

fn around(page: &str, at: usize) -> String {
    let start = page.floor_char_boundary(at.saturating_sub(60));
    let end = page.floor_char_boundary((at + 60).min(page.len()));
    format!("...{}...", &page[start..end])
}

/// A text with its entities replaced.
fn unescaped(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split('&');
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (name, rest) = piece.split_once(';').ok_or("a lone &")?;
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            "middot" => '\u{b7}',
            "rsquo" => '\u{2019}',
            "nbsp" => '\u{a0}',
            "ndash" => '\u{2013}',
            "times" => '\u{d7}',
            "hellip" => '\u{2026}',
            "ldquo" => '\u{201c}',
            "rdquo" => '\u{201d}',
            "rarr" => '\u{2192}',
            _ => return Err(format!("an entity {name:.20}")),
        });
        out.push_str(rest);
    }
    Ok(out)
}

/// What browsers take for the scheme of an address: they skip blanks and control characters before it, and line ends and
/// tabs within.
pub fn scheme(address: &str) -> Option<String> {
    let address: String = address
        .trim_start_matches(|c: char| c <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    let (scheme, _) = address.split_once(':')?;
    let plain = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    plain.then(|| scheme.to_ascii_lowercase())
}

/// Everything on a page that could run, load from elsewhere, or lead where no link of ours leads. `own` are schemes that
/// this page may use beside those of links.
pub fn dangers(page: &str, own: &[&str]) -> Vec<String> {
    let all = match read(page) {
        Ok(all) => all,
        Err(why) => return vec![why],
    };
    let mut found = vec![];
    for (n, element) in all.iter().enumerate() {
        for (name, value) in &element.attributes {
            let event = name.starts_with("on");
            let odd = [
                "style",
                "srcdoc",
                "srcset",
                "ping",
                "target",
                "background",
                "data",
                "autofocus",
            ];
            if event || odd.contains(&name.as_str()) {
                found.push(format!("{}@{name}=\"{value}\"", element.name));
            }
            let leads = ["href", "src", "cite", "action", "formaction"].contains(&name.as_str());
            let scheme = if leads { scheme(value) } else { None };
            let Some(scheme) = scheme else {
                // An address that begins with two slashes leads to another site as well.
                if leads && value.trim_start().starts_with("//") {
                    found.push(format!("{}@{name}=\"{value}\"", element.name));
                }
                continue;
            };
            let followed = (element.name == "a" && name == "href") || name == "cite";
            let known = ["http", "https", "mailto", "tel"].contains(&scheme.as_str())
                || own.contains(&scheme.as_str());
            if !followed || !known {
                found.push(format!("{}@{name}=\"{value}\"", element.name));
            }
            if element.name == "a" && !own.contains(&scheme.as_str()) {
                let rel = element.get("rel").unwrap_or_default();
                if !rel.contains("noreferrer") || !rel.contains("noopener") {
                    found.push(format!("a link to {value} tells it where it stands"));
                }
                let said = all
                    .iter()
                    .any(|e| e.parent == Some(n) && e.text.contains("on another site"));
                let seen = element.get("class") == Some("outside");
                if scheme.starts_with("http") && !(said && seen) {
                    found.push(format!("a link to {value} is not marked"));
                }
            }
        }
        let src = element.get("src").unwrap_or_default();
        let is_ours = src.ends_with(".js") && (src.contains("assets/") || src.starts_with("/_binder/"));
        if element.name == "script" && !(is_ours && element.text.is_empty()) {
            found.push(format!("a script {src} {}", element.text));
        }
        let policy = element
            .get("http-equiv")
            .is_none_or(|name| name == "Content-Security-Policy");
        if element.name == "meta" && !policy {
            found.push(format!("a meta {:?}", element.attributes));
        }
    }
    found
}
