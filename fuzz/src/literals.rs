//! Holds Typst source to the promise that no text becomes code: string literals and calls of the template's functions,
//! and nothing else.

use std::collections::BTreeSet;

use typst::syntax::{SyntaxKind, SyntaxNode, parse};

/// The names that these files of a template define.
pub fn functions<'a>(template: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for text in template {
        for line in text.lines().filter_map(|line| line.strip_prefix("#let ")) {
            let end = line.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'));
            names.insert(line[..end.unwrap_or(line.len())].to_string());
        }
    }
    // Of the layout language itself; they take what the program hands them and read nothing.
    names.extend(["label", "parbreak"].map(str::to_string));
    names
}

/// The words of a node as they were written.
pub fn source(node: &SyntaxNode) -> String {
    if node.children().len() == 0 {
        return node.leaf_text().to_string();
    }
    node.children().map(source).collect()
}

/// Every kind of syntax that the program writes.
///
/// # Errors
/// The first thing that is no literal and no call.
pub fn check(node: &SyntaxNode, functions: &BTreeSet<String>) -> Result<(), String> {
    use SyntaxKind::*;
    let mut children = node.children().as_slice();
    match node.kind() {
        FuncCall => {
            let callee = children.first().map(source).unwrap_or_default();
            if !functions.contains(&callee) {
                return Err(format!("calls {callee}"));
            }
            children = &children[1..];
        }
        // The name of an argument.
        Named => children = &children[1..],
        // What may stand in markup: a hash and what follows it, nothing typed.
        Markup => {
            for child in children {
                let place_to_break = child.kind() == Ident && source(child) == "brk";
                if !(place_to_break
                    || matches!(child.kind(), Hash | FuncCall | Str | Semicolon | Space | Parbreak))
                {
                    return Err(format!("{:?} in markup: {:?}", child.kind(), source(node)));
                }
            }
            return children
                .iter()
                .filter(|child| child.kind() == FuncCall)
                .try_for_each(|child| check(child, functions));
        }
        ContentBlock | Args | Array | Parenthesized | Str | Int | Float | Numeric | Bool | None | Space
        | LeftBracket | RightBracket | LeftParen | RightParen | Comma | Colon => {}
        kind => return Err(format!("{kind:?}: {:?}", source(node))),
    }
    children.iter().try_for_each(|child| check(child, functions))
}

/// Checks a document of the binder: files of the template are taken in at its head, and nowhere else.
///
/// # Errors
/// As [`check`].
pub fn check_source(text: &str, functions: &BTreeSet<String>) -> Result<(), String> {
    let mut rest = text;
    while let Some(name) = rest.strip_prefix("#import \"/print/") {
        let (name, below) = name.split_once(".typ\": *\n").ok_or("the end of an import")?;
        if !name.bytes().all(|b| b.is_ascii_lowercase()) {
            return Err(format!("imports {name}"));
        }
        rest = below;
    }
    check(&parse(rest), functions)
}
