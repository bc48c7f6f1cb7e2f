//! The container of a sealed version: a zip file that any program opens, written in one way only.
//!
//! Every byte follows from the list of entries and from their bytes as packed, so that a reader can write the container
//! anew and compare: nothing can hide in a header, between entries, or at the end. The manifest comes first, the others
//! follow in path order; times and attributes are fixed. What follows is the format, number 1, and may not change.
//!
//! Written here by hand because it must stay the same for as long as binders are kept, whatever a library does.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::MANIFEST;

/// Entries larger than this, in bytes, are never packed: they are evidence, and mostly pictures.
pub const PACK_LIMIT: u64 = 64 * 1024 * 1024;
/// Length of the record that every zip file ends with.
pub const END: u64 = 22;
/// Length of what comes before it in a large file.
pub const LARGE_END: u64 = 56 + 20;
/// Longest path of an entry, in bytes.
const PATH_MAX: usize = 4096;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END_MARK: u32 = 0x0605_4b50;
const LARGE_END_MARK: u32 = 0x0606_4b50;
const LOCATOR: u32 = 0x0706_4b50;
/// Names are UTF-8.
const FLAGS: u16 = 0x0800;
/// January 1, 1980, the earliest day that the format knows.
const DAY: u16 = 0x0021;
const UNIX: u16 = 3 << 8;
/// A plain file that its owner may write and everybody may read.
const MODE: u32 = 0o100_644 << 16;
const PLAIN: u16 = 20;
const LARGE: u16 = 45;
const FULL: u32 = u32::MAX;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path, with `/`.
    pub path: Arc<str>,
    /// Packed by deflate, or stored as it is.
    pub packed: bool,
    /// CRC-32 of its bytes.
    pub crc: u32,
    /// How many bytes it takes in the archive.
    pub packed_size: u64,
    /// How many bytes it has.
    pub size: u64,
    /// Where its header begins.
    pub offset: u64,
}

/// What is wrong with a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The entry it concerns; `None` for the container as a whole.
    pub entry: Option<String>,
    /// What is wrong, in words that follow "the archive" or the name of the entry.
    pub what: String,
}

impl Damage {
    /// Damage to the container as a whole.
    pub fn whole(what: impl Into<String>) -> Self {
        Self {
            entry: None,
            what: what.into(),
        }
    }

    /// Damage to one entry.
    pub fn of(entry: &str, what: impl Into<String>) -> Self {
        Self {
            entry: Some(entry.to_string()),
            what: what.into(),
        }
    }
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.entry {
            Some(entry) => write!(f, "{entry}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl std::error::Error for Damage {}

/// Where the list of entries stands in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Directory {
    /// Where it begins.
    pub offset: u64,
    /// Its length without the end record.
    pub size: u64,
    /// How many entries it holds.
    pub count: u64,
}

impl Entry {
    /// Its header, which stands before its bytes.
    pub fn header(&self) -> Vec<u8> {
        let large = self.is_large();
        let mut out = Vec::with_capacity(30 + self.path.len() + 20);
        put4(&mut out, LOCAL);
        put2(&mut out, if large { LARGE } else { PLAIN });
        self.common(&mut out, large);
        put2(&mut out, if large { 20 } else { 0 });
        out.extend(self.path.as_bytes());
        if large {
            put2(&mut out, 1);
            put2(&mut out, 16);
            put8(&mut out, self.size);
            put8(&mut out, self.packed_size);
        }
        out
    }

    /// The entry whose header these bytes begin with, at `offset`. What is not in the header is taken as written.
    pub fn from_header(bytes: &[u8], offset: u64) -> Option<Self> {
        if get4(bytes, 0)? != LOCAL {
            return None;
        }
        let name = usize::from(get2(bytes, 26)?);
        let path = std::str::from_utf8(bytes.get(30..30 + name)?).ok()?;
        let mut entry = Self {
            path: path.into(),
            packed: get2(bytes, 8)? == 8,
            crc: get4(bytes, 14)?,
            packed_size: u64::from(get4(bytes, 18)?),
            size: u64::from(get4(bytes, 22)?),
            offset,
        };
        if entry.size == u64::from(FULL) {
            entry.size = get8(bytes, 34 + name)?;
            entry.packed_size = get8(bytes, 42 + name)?;
        }
        Some(entry)
    }

    /// Where its bytes begin.
    pub fn data(&self) -> u64 {
        self.offset.saturating_add(self.header().len() as u64)
    }

    /// Where the next entry begins.
    pub fn end(&self) -> u64 {
        self.data().saturating_add(self.packed_size)
    }

    fn is_large(&self) -> bool {
        self.size >= u64::from(FULL) || self.packed_size >= u64::from(FULL)
    }

    fn common(&self, out: &mut Vec<u8>, large: bool) {
        put2(out, FLAGS);
        put2(out, if self.packed { 8 } else { 0 });
        put2(out, 0);
        put2(out, DAY);
        put4(out, self.crc);
        put4(out, if large { FULL } else { low(self.packed_size) });
        put4(out, if large { FULL } else { low(self.size) });
        put2(out, u16::try_from(self.path.len()).unwrap_or(u16::MAX));
    }

    /// Its line in the list at the end.
    pub fn line(&self) -> Vec<u8> {
        let (large, far) = (self.is_large(), self.offset >= u64::from(FULL));
        let mut extra = vec![];
        if large {
            put8(&mut extra, self.size);
            put8(&mut extra, self.packed_size);
        }
        if far {
            put8(&mut extra, self.offset);
        }
        let mut out = Vec::with_capacity(46 + self.path.len() + extra.len());
        let version = if large || far { LARGE } else { PLAIN };
        put4(&mut out, CENTRAL);
        put2(&mut out, UNIX | version);
        put2(&mut out, version);
        self.common(&mut out, large);
        let length = if extra.is_empty() { 0 } else { extra.len() + 4 };
        put2(&mut out, u16::try_from(length).unwrap_or(u16::MAX));
        // No comment, first disk, no internal attributes.
        out.extend([0; 6]);
        put4(&mut out, MODE);
        put4(&mut out, if far { FULL } else { low(self.offset) });
        out.extend(self.path.as_bytes());
        if !extra.is_empty() {
            put2(&mut out, 1);
            put2(&mut out, u16::try_from(extra.len()).unwrap_or(u16::MAX));
            out.extend(extra);
        }
        out
    }
}

/// The list of entries and the end record: what follows the last entry.
pub fn tail(entries: &[Entry]) -> Vec<u8> {
    let mut out: Vec<u8> = entries.iter().flat_map(Entry::line).collect();
    let directory = Directory {
        offset: entries.last().map_or(0, Entry::end),
        size: out.len() as u64,
        count: entries.len() as u64,
    };
    out.extend(end(directory));
    out
}

fn end(directory: Directory) -> Vec<u8> {
    let Directory { offset, size, count } = directory;
    let mut out = vec![];
    let large = offset >= u64::from(FULL) || size >= u64::from(FULL) || count >= u64::from(u16::MAX);
    if large {
        put4(&mut out, LARGE_END_MARK);
        put8(&mut out, 44);
        put2(&mut out, UNIX | LARGE);
        put2(&mut out, LARGE);
        out.extend([0; 8]);
        put8(&mut out, count);
        put8(&mut out, count);
        put8(&mut out, size);
        put8(&mut out, offset);
        put4(&mut out, LOCATOR);
        put4(&mut out, 0);
        put8(&mut out, offset.saturating_add(size));
        put4(&mut out, 1);
    }
    let short = u16::try_from(count).unwrap_or(u16::MAX);
    put4(&mut out, END_MARK);
    out.extend([0; 4]);
    put2(&mut out, short);
    put2(&mut out, short);
    put4(&mut out, if large { FULL } else { low(size) });
    put4(&mut out, if large { FULL } else { low(offset) });
    put2(&mut out, 0);
    out
}

/// Finds the list of entries from the last bytes of an archive of `length` bytes: give as many as there are, up to
/// [`END`] + [`LARGE_END`].
///
/// # Errors
/// Where the archive does not end as one that this program wrote.
pub fn find(last: &[u8], length: u64) -> Result<Directory, Damage> {
    let cut = || {
        Damage::whole("does not end as a sealed version ends: it was cut short, or something was added to it")
    };
    let at = last.len().checked_sub(END as usize).ok_or_else(cut)?;
    let record = &last[at..];
    if get4(record, 0) != Some(END_MARK) {
        return Err(cut());
    }
    let read = |record: &[u8]| -> Option<Directory> {
        let short = Directory {
            count: u64::from(get2(record, 10)?),
            size: u64::from(get4(record, 12)?),
            offset: u64::from(get4(record, 16)?),
        };
        if short.offset != u64::from(FULL)
            && short.size != u64::from(FULL)
            && short.count != u64::from(u16::MAX)
        {
            return Some(short);
        }
        let large = &last[at.checked_sub(LARGE_END as usize)?..at];
        (get4(large, 0)? == LARGE_END_MARK).then_some(())?;
        Some(Directory {
            count: get8(large, 32)?,
            size: get8(large, 40)?,
            offset: get8(large, 48)?,
        })
    };
    let directory = read(record).ok_or_else(cut)?;
    let written = end(directory);
    let whole = directory
        .offset
        .checked_add(directory.size)
        .and_then(|end| end.checked_add(written.len() as u64));
    if whole != Some(length) || !last.ends_with(&written) {
        return Err(cut());
    }
    Ok(directory)
}

/// Reads the list of entries, and takes nothing that this program would not have written.
///
/// # Errors
/// The first thing that is not as it was written.
pub fn entries(list: &[u8], directory: Directory) -> Result<Vec<Entry>, Damage> {
    let damaged = || Damage::whole("has a list of entries that can't be read");
    let mut entries: Vec<Entry> = vec![];
    let mut seen = BTreeSet::new();
    let (mut at, mut offset) = (0, 0);
    while at < list.len() {
        let (entry, length) = line(&list[at..]).ok_or_else(damaged)?;
        let written = entry.line();
        if list.get(at..at + written.len()) != Some(&written[..]) || length != written.len() {
            return Err(Damage::of(
                &entry.path,
                "its line in the list of entries is not as it was written",
            ));
        }
        if !is_plain(&entry.path) {
            return Err(Damage::of(&entry.path, "this can't be the path of a file"));
        }
        if entry.offset != offset {
            return Err(Damage::of(
                &entry.path,
                "it does not stand where the list of entries says",
            ));
        }
        let in_order = match entries.len() {
            0 => &*entry.path == MANIFEST,
            1 => true,
            n => entries[n - 1].path < entry.path,
        };
        if !in_order || !seen.insert(entry.path.clone()) {
            return Err(Damage::of(&entry.path, "it does not stand in its order"));
        }
        let fits = if entry.packed {
            entry.size <= PACK_LIMIT && entry.packed_size < entry.size
        } else {
            entry.size == entry.packed_size
        };
        if !fits {
            return Err(Damage::of(&entry.path, "its size is not one that was written"));
        }
        offset = entry.end();
        at += length;
        entries.push(entry);
    }
    if entries.is_empty() || entries.len() as u64 != directory.count || offset != directory.offset {
        return Err(damaged());
    }
    Ok(entries)
}

/// One line of the list, and its length.
fn line(bytes: &[u8]) -> Option<(Entry, usize)> {
    if get4(bytes, 0)? != CENTRAL {
        return None;
    }
    let (name, extra) = (usize::from(get2(bytes, 28)?), usize::from(get2(bytes, 30)?));
    let path = std::str::from_utf8(bytes.get(46..46 + name)?).ok()?;
    let extra = bytes.get(46 + name..46 + name + extra)?;
    let mut entry = Entry {
        path: path.into(),
        packed: get2(bytes, 10)? == 8,
        crc: get4(bytes, 16)?,
        packed_size: u64::from(get4(bytes, 20)?),
        size: u64::from(get4(bytes, 24)?),
        offset: u64::from(get4(bytes, 42)?),
    };
    let mut at = 4;
    if entry.size == u64::from(FULL) {
        entry.size = get8(extra, at)?;
        entry.packed_size = get8(extra, at + 8)?;
        at += 16;
    }
    if entry.offset == u64::from(FULL) {
        entry.offset = get8(extra, at)?;
    }
    Some((entry, 46 + name + extra.len()))
}

/// A path below a folder that means the same on every system.
pub fn is_plain(path: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0']) && part.len() <= 255
    };
    !path.is_empty() && path.len() <= PATH_MAX && path.split('/').all(plain)
}

fn low(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(FULL)
}

fn put2(out: &mut Vec<u8>, value: u16) {
    out.extend(value.to_le_bytes());
}

fn put4(out: &mut Vec<u8>, value: u32) {
    out.extend(value.to_le_bytes());
}

fn put8(out: &mut Vec<u8>, value: u64) {
    out.extend(value.to_le_bytes());
}

fn get<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn get2(bytes: &[u8], at: usize) -> Option<u16> {
    get(bytes, at).map(u16::from_le_bytes)
}

fn get4(bytes: &[u8], at: usize) -> Option<u32> {
    get(bytes, at).map(u32::from_le_bytes)
}

fn get8(bytes: &[u8], at: usize) -> Option<u64> {
    get(bytes, at).map(u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(sizes: &[(&str, u64)]) -> Vec<Entry> {
        let mut offset = 0;
        let entry = |(path, size): &(&str, u64)| {
            let entry = Entry {
                path: Arc::from(*path),
                packed: false,
                crc: 7,
                packed_size: *size,
                size: *size,
                offset,
            };
            offset = entry.end();
            entry
        };
        sizes.iter().map(entry).collect()
    }

    fn read(entries: &[Entry]) -> Result<Vec<Entry>, Damage> {
        let tail = tail(entries);
        let start = entries.last().map_or(0, Entry::end);
        let last = &tail[tail.len().saturating_sub((END + LARGE_END) as usize)..];
        let directory = find(last, start + tail.len() as u64)?;
        super::entries(&tail[..directory.size as usize], directory)
    }

    #[test]
    fn what_was_written_is_read_back_whatever_its_size() {
        const GIB: u64 = 1024 * 1024 * 1024;
        for sizes in [
            vec![(MANIFEST, 10)],
            vec![(MANIFEST, 10), ("a", 0), ("b/c", 3)],
            vec![(MANIFEST, 10), ("a", 3 * GIB), ("b", 3 * GIB), ("c", 1)],
            vec![(MANIFEST, 10), ("a", 5 * GIB), ("b", 1)],
            vec![(MANIFEST, 10), ("a", u64::from(FULL)), ("b", u64::from(FULL) - 1)],
        ] {
            let entries = laid_out(&sizes);
            assert_eq!(read(&entries), Ok(entries), "{sizes:?}");
        }
        let names: Vec<String> = (0..70_000).map(|n| format!("f{n:06}")).collect();
        let mut many = vec![(MANIFEST, 1)];
        many.extend(names.iter().map(|name| (name.as_str(), 1)));
        let entries = laid_out(&many);
        assert_eq!(read(&entries), Ok(entries));
    }

    #[test]
    fn what_this_program_would_not_have_written_is_refused() {
        for sizes in [
            vec![("a", 1)],
            vec![(MANIFEST, 1), ("b", 1), ("a", 1)],
            vec![(MANIFEST, 1), ("a", 1), ("a", 1)],
            vec![(MANIFEST, 1), ("a", 1), (MANIFEST, 1)],
            vec![(MANIFEST, 1), ("../a", 1)],
            vec![(MANIFEST, 1), ("/a", 1)],
            vec![(MANIFEST, 1), ("a\\b", 1)],
            vec![],
        ] {
            assert!(read(&laid_out(&sizes)).is_err(), "{sizes:?}");
        }
    }

    #[test]
    fn any_bit_of_the_list_and_the_end_matters() {
        let entries = laid_out(&[(MANIFEST, 10), ("a", 5), ("b/c.md", 3)]);
        let start = entries.last().map_or(0, Entry::end);
        let good = tail(&entries);
        for bit in 0..good.len() * 8 {
            let mut tail = good.clone();
            tail[bit / 8] ^= 1 << (bit % 8);
            let last = &tail[tail.len().saturating_sub((END + LARGE_END) as usize)..];
            let found = find(last, start + tail.len() as u64)
                .and_then(|directory| super::entries(&tail[..directory.size as usize], directory));
            // A checksum or a letter of a name is held against the entry itself.
            assert!(found.is_err() || found != Ok(entries.clone()), "bit {bit}");
        }
    }
}
