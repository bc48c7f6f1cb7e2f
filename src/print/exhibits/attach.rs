//! The files of exhibits as attachments of the PDF, where `[print] attach = true` asks for them.

use std::collections::BTreeMap;

use typst::foundations::Bytes;

use crate::binder::Binder;
use crate::content::{Exhibit, Phi};
use crate::print::book::Book;
use crate::print::emit::{Arg, Emitter};
use crate::world::Folder;

/// The files to attach, by their virtual paths.
pub(in crate::print) fn files(binder: &Binder, folder: &Folder) -> BTreeMap<String, Bytes> {
    let mut files = BTreeMap::new();
    if binder.content.config.attach {
        for (index, exhibit) in binder.content.exhibits.iter().enumerate() {
            if let Some(file) = attached(binder, index, exhibit)
                && let Some(bytes) = folder.bytes(file)
            {
                files.insert(path(index, file), Bytes::new(bytes.clone()));
            }
        }
    }
    files
}

/// Writes the attachment of one exhibit.
pub(super) fn attach(book: &Book, em: &mut Emitter, index: usize, exhibit: &Exhibit) {
    if !book.binder.content.config.attach {
        return;
    }
    let Some(file) = attached(book.binder, index, exhibit).filter(|file| book.folder.bytes(file).is_some())
    else {
        return;
    };
    let description = format!("Exhibit {}: {}", exhibit.id, exhibit.title);
    let path = path(index, file);
    em.call(
        "attached",
        &[
            ("", Arg::Alt(&path)),
            ("mime", Arg::Str(mime(file))),
            ("description", Arg::Alt(&description)),
        ],
    );
}

/// The file of an exhibit: once, where several exhibits name it, and never one that shows protected health information.
fn attached<'a>(binder: &Binder, index: usize, exhibit: &'a Exhibit) -> Option<&'a str> {
    let file = exhibit.file.as_ref().filter(|_| exhibit.found.is_some())?;
    let same = |other: &&Exhibit| other.file.as_ref().is_some_and(|f| f.value == file.value);
    let exhibits = &binder.content.exhibits;
    let withheld = exhibits
        .iter()
        .filter(same)
        .any(|other| other.handling.phi == Some(Phi::Contains));
    let first = exhibits.iter().position(|other| same(&other)) == Some(index);
    (first && !withheld).then_some(file.value.as_str())
}

/// The name that readers of the PDF see: the file's own, where every system can write it.
fn path(index: usize, file: &str) -> String {
    let plain = file
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_./ ".contains(&b));
    if plain {
        return format!("/{file}");
    }
    let end = file.rsplit_once('.').map_or("", |(_, end)| end);
    let end: String = end.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    format!("/evidence/exhibit-line-{}.{end}", index + 1)
}

fn mime(file: &str) -> &'static str {
    let end = file
        .rsplit_once('.')
        .map_or("", |(_, end)| end)
        .to_ascii_lowercase();
    match end.as_str() {
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "csv" => "text/csv",
        "txt" | "log" | "md" => "text/plain",
        "html" | "htm" => "text/html",
        "json" => "application/json",
        "zip" => "application/zip",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}
