//! Archives that a hand wrote: every field of every header as it is told, right or wrong.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use hipaa_binder::history::archive::{Directory, Entry};

/// An entry before it is written.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name, as it stands in both headers.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Packed or as they are.
    pub packed: bool,
    /// The size that its headers tell; the true one where there is none.
    pub size: Option<u64>,
    /// The packed size that its headers tell.
    pub packed_size: Option<u64>,
    /// The checksum that its headers tell.
    pub crc: Option<u32>,
    /// Where the list says that it stands.
    pub offset: Option<u64>,
}

impl Part {
    /// A good one.
    pub fn new(path: &str, bytes: &[u8]) -> Self {
        Self {
            path: path.to_string(),
            bytes: bytes.to_vec(),
            packed: false,
            size: None,
            packed_size: None,
            crc: None,
            offset: None,
        }
    }
}

/// Writes an archive of these parts, whatever they say. `count` stands at its end in place of the number of entries.
pub fn archive(parts: &[Part], count: Option<u64>) -> Vec<u8> {
    let mut out = vec![];
    let mut entries = vec![];
    for part in parts {
        let packed = if part.packed {
            let mut packer = DeflateEncoder::new(vec![], Compression::default());
            // Writing to memory does not fail.
            let _ = packer.write_all(&part.bytes);
            packer.finish().unwrap_or_default()
        } else {
            part.bytes.clone()
        };
        let mut crc = Crc::new();
        crc.update(&part.bytes);
        let mut entry = Entry {
            path: part.path.as_str().into(),
            packed: part.packed,
            crc: part.crc.unwrap_or(crc.sum()),
            packed_size: part.packed_size.unwrap_or(packed.len() as u64),
            size: part.size.unwrap_or(part.bytes.len() as u64),
            offset: out.len() as u64,
        };
        out.extend(entry.header());
        out.extend(packed);
        entry.offset = part.offset.unwrap_or(entry.offset);
        entries.push(entry);
    }
    let lines: Vec<u8> = entries.iter().flat_map(Entry::line).collect();
    let directory = Directory {
        offset: out.len() as u64,
        size: lines.len() as u64,
        count: count.unwrap_or(entries.len() as u64),
    };
    out.extend(lines);
    out.extend(end(directory));
    out
}

/// The records at the end, the large ones where a number needs them.
fn end(directory: Directory) -> Vec<u8> {
    let mut out = vec![];
    let (count, size, offset) = (directory.count, directory.size, directory.offset);
    let large = count >= u64::from(u16::MAX) || size >= u64::from(u32::MAX) || offset >= u64::from(u32::MAX);
    if large {
        out.extend(b"PK\x06\x06");
        out.extend(44u64.to_le_bytes());
        out.extend([45, 3, 45, 0]);
        out.extend([0; 8]);
        for number in [count, count, size, offset] {
            out.extend(number.to_le_bytes());
        }
        out.extend(b"PK\x06\x07");
        out.extend([0; 4]);
        out.extend((offset + size).to_le_bytes());
        out.extend(1u32.to_le_bytes());
    }
    out.extend(b"PK\x05\x06");
    out.extend([0; 4]);
    let short = u16::try_from(count).unwrap_or(u16::MAX);
    out.extend(short.to_le_bytes());
    out.extend(short.to_le_bytes());
    for number in [size, offset] {
        let number = if large { u64::from(u32::MAX) } else { number };
        out.extend(u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
    }
    out.extend([0; 2]);
    out
}
