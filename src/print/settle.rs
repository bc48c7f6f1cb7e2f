//! One repair of the finished PDF: line ends before `endstream`.
//!
//! A stream's data is followed by a line end that is not part of it. When the last byte of compressed data happens to
//! be a carriage return, that byte and the line feed after it look like one line end, and strict readers of PDF/A
//! (ISO 19005-2, 6.1.7.1) find the stream one byte shorter than its `/Length`. Writing the line end of such a stream as
//! carriage return and line feed settles it; the offsets of the objects behind it move by one.

const STREAM_ENDS_IN_RETURN: &[u8] = b"\r\nendstream\nendobj";

/// Returns the PDF with unambiguous line ends, or as it was where nothing needs settling or where the file does not
/// have the plain cross-reference table that the exporter writes.
pub(super) fn line_ends(pdf: Vec<u8>) -> Vec<u8> {
    let places = find_all(&pdf, STREAM_ENDS_IN_RETURN);
    if places.is_empty() {
        return pdf;
    }
    settle(&pdf, &places).unwrap_or(pdf)
}

fn settle(pdf: &[u8], places: &[usize]) -> Option<Vec<u8>> {
    let moved = |offset: usize| offset + places.iter().filter(|place| **place < offset).count();
    let start_key = find_all(pdf, b"startxref\n").pop()? + b"startxref\n".len();
    let table: usize = digits(&pdf[start_key..])?;
    let (entries, count) = table_entries(pdf, table)?;

    let mut out = Vec::with_capacity(pdf.len() + places.len());
    let mut from = 0;
    for place in places {
        // Behind the data's own carriage return, before the line feed.
        out.extend_from_slice(&pdf[from..=*place]);
        out.push(b'\r');
        from = place + 1;
    }
    out.extend_from_slice(&pdf[from..entries]);
    for entry in 0..count {
        let line = pdf.get(entries + entry * ENTRY..entries + (entry + 1) * ENTRY)?;
        if line[17] == b'n' {
            out.extend_from_slice(format!("{:010}", moved(digits(line)?)).as_bytes());
            out.extend_from_slice(&line[10..]);
        } else {
            out.extend_from_slice(line);
        }
    }
    out.extend_from_slice(&pdf[entries + count * ENTRY..start_key]);
    out.extend_from_slice(format!("{}\n%%EOF", moved(table)).as_bytes());
    Some(out)
}

/// Bytes of one line of a cross-reference table.
const ENTRY: usize = 20;

/// Where the lines of the table begin, and how many there are: one section, from object 0.
fn table_entries(pdf: &[u8], table: usize) -> Option<(usize, usize)> {
    let head = b"xref\n0 ";
    pdf.get(table..)?.starts_with(head).then_some(())?;
    let after = table + head.len();
    let line_end = after + pdf[after..].iter().position(|b| *b == b'\n')?;
    let count = digits(&pdf[after..])?;
    let entries = line_end + 1;
    pdf[entries + count * ENTRY..]
        .starts_with(b"trailer")
        .then_some((entries, count))
}

fn digits(bytes: &[u8]) -> Option<usize> {
    let end = bytes
        .iter()
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(bytes.len());
    std::str::from_utf8(&bytes[..end]).ok()?.parse().ok()
}

fn find_all(bytes: &[u8], wanted: &[u8]) -> Vec<usize> {
    let mut found = vec![];
    let mut from = 0;
    // Jump from one `\r` to the next: they are rare in what is not compressed, and 1 in 256 in what is.
    while let Some(step) = bytes[from..].iter().position(|b| *b == wanted[0]) {
        let at = from + step;
        if bytes[at..].starts_with(wanted) {
            found.push(at);
        }
        from = at + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(data: &[u8]) -> Vec<u8> {
        let mut pdf = b"%PDF-1.7\n".to_vec();
        let mut offsets = vec![];
        for body in [data, b"abc"] {
            offsets.push(pdf.len());
            pdf.extend_from_slice(
                format!("{} 0 obj\n<</Length {}>>\nstream\n", offsets.len(), body.len()).as_bytes(),
            );
            pdf.extend_from_slice(body);
            pdf.extend_from_slice(b"\nendstream\nendobj\n\n");
        }
        let table = pdf.len();
        pdf.extend_from_slice(b"xref\n0 3\n0000000000 65535 f\r\n");
        for offset in offsets {
            pdf.extend_from_slice(format!("{offset:010} 00000 n\r\n").as_bytes());
        }
        pdf.extend_from_slice(format!("trailer\n<</Size 3>>\nstartxref\n{table}\n%%EOF").as_bytes());
        pdf
    }

    #[test]
    fn data_that_ends_in_a_return_gets_a_line_end_of_its_own() {
        let settled = line_ends(file(b"x\r"));
        let text = String::from_utf8(settled.clone()).expect("plain");
        assert!(text.contains("x\r\r\nendstream"), "{text:?}");
        let second = text.find("2 0 obj").expect("the second object");
        assert!(text.contains(&format!("{second:010} 00000 n")), "{text:?}");
        let table = text.rfind("xref\n0 3").expect("the table");
        assert!(text.ends_with(&format!("startxref\n{table}\n%%EOF")), "{text:?}");
    }

    #[test]
    fn other_files_stay_as_they_are() {
        assert_eq!(line_ends(file(b"xyz")), file(b"xyz"));
        let without_table = b"1 0 obj x\r\nendstream\nendobj".to_vec();
        assert_eq!(line_ends(without_table.clone()), without_table);
    }
}
