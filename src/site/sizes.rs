//! How large a picture is, read from its head: a page that says so does not move when the picture comes.

/// Width and height in pixels, as the head of a PNG, GIF, JPEG, BMP, WebP or SVG file says, turned as browsers turn it.
pub fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let be32 = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let le32 = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let le16 = |at: usize| {
        Some(u32::from(u16::from_le_bytes(
            bytes.get(at..at + 2)?.try_into().ok()?,
        )))
    };
    let found = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        (be32(16)?, be32(20)?)
    } else if bytes.starts_with(b"GIF8") {
        (le16(6)?, le16(8)?)
    } else if bytes.starts_with(b"BM") {
        // A negative height says that the lines go from top to bottom.
        (le32(18)?, le32(22)?.cast_signed().unsigned_abs())
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        match bytes.get(12..16)? {
            b"VP8X" => (1 + (le32(24)? & 0xff_ffff), 1 + (le32(27)? & 0xff_ffff)),
            b"VP8L" => (1 + (le32(21)? & 0x3fff), 1 + ((le32(21)? >> 14) & 0x3fff)),
            b"VP8 " => (le16(26)? & 0x3fff, le16(28)? & 0x3fff),
            _ => return None,
        }
    } else if bytes.starts_with(&[0xff, 0xd8]) {
        jpeg_size(bytes)?
    } else {
        drawing_size(bytes)?
    };
    (found.0 > 0 && found.1 > 0).then_some(found)
}

fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let be16 = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let (mut at, mut turned) = (2, false);
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        match marker {
            0xff => at += 1,
            // Start of frame, whichever coding; not the tables in between.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let (width, height) = (u32::from(be16(at + 7)?), u32::from(be16(at + 5)?));
                return Some(if turned { (height, width) } else { (width, height) });
            }
            _ => {
                let length = usize::from(be16(at + 2)?);
                if marker == 0xe1 {
                    let end = (at + 2 + length).min(bytes.len());
                    turned |= bytes
                        .get(at + 4..end)
                        .is_some_and(|exif| is_turned(exif) == Some(true));
                }
                at += 2 + length;
            }
        }
    }
}

/// Whether a phone held upright took it: the orientation (tag 0x0112) is one of those that swap width and height.
fn is_turned(exif: &[u8]) -> Option<bool> {
    let tiff = exif.strip_prefix(b"Exif\0\0")?;
    let little = tiff.starts_with(b"II");
    let short = |at: usize| -> Option<u16> {
        let two = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little {
            u16::from_le_bytes(two)
        } else {
            u16::from_be_bytes(two)
        })
    };
    let long = |at: usize| -> Option<usize> {
        let (a, b) = (usize::from(short(at)?), usize::from(short(at + 2)?));
        Some(if little { b << 16 | a } else { a << 16 | b })
    };
    let list = long(4)?;
    (0..usize::from(short(list)?))
        .map(|n| list + 2 + 12 * n)
        .find(|at| short(*at) == Some(0x0112))
        .and_then(|at| short(at + 8))
        .map(|orientation| (5..=8).contains(&orientation))
}

/// The `viewBox` of a drawing, or its width and height where they are plain pixels.
fn drawing_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let text = std::str::from_utf8(&bytes[..bytes.len().min(4096)])
        .or_else(|e| std::str::from_utf8(&bytes[..e.valid_up_to()]))
        .ok()?;
    let (_, head) = text.split_once("<svg")?;
    let (head, _) = head.split_once('>')?;
    let value = |name: &str| {
        let (before, rest) = head.split_once(&format!("{name}="))?;
        let quote = rest.chars().next().filter(|q| matches!(q, '"' | '\''))?;
        let (value, _) = rest[1..].split_once(quote)?;
        before.ends_with(char::is_whitespace).then_some(value)
    };
    let pixels = |text: &str| {
        let number: f64 = text.trim().trim_end_matches("px").parse().ok()?;
        // Half a pixel more or less moves nothing.
        (number >= 1.0 && number < 100_000.0).then_some(number.round() as u32)
    };
    if let (Some(width), Some(height)) = (value("width").and_then(pixels), value("height").and_then(pixels)) {
        return Some((width, height));
    }
    let mut numbers = value("viewBox")?
        .split([' ', ','])
        .filter(|part| !part.is_empty())
        .skip(2);
    Some((pixels(numbers.next()?)?, pixels(numbers.next()?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_picture_tells_its_size() {
        let png = [
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(),
            &[0, 0, 1, 0],
            &[0, 0, 0, 9],
        ]
        .concat();
        assert_eq!(size(&png), Some((256, 9)));
        assert_eq!(size(b"GIF89a\x02\0\x03\0"), Some((2, 3)));
        let jpeg = [
            0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc2, 0, 11, 8, 0, 7, 0, 8, 1,
        ];
        assert_eq!(size(&jpeg), Some((8, 7)));
        assert_eq!(size(&jpeg[..12]), None);
        assert_eq!(size(b"\x89PNG\r\n\x1a\n"), None);
    }

    #[test]
    fn a_photo_of_a_phone_held_upright_is_higher_than_wide() {
        let photo = |orientation: u8| {
            let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1, 0, 34];
            bytes.extend(b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0");
            bytes.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
            bytes.extend([0xff, 0xc0, 0, 11, 8, 0, 7, 0, 8, 1]);
            size(&bytes)
        };
        assert_eq!(photo(1), Some((8, 7)));
        assert_eq!(photo(6), Some((7, 8)));
    }

    #[test]
    fn drawings_and_webp_tell_theirs() {
        for (drawing, wanted) in [
            ("<svg xmlns=\"x\" viewBox=\"0 0 120 60.4\">", Some((120, 60))),
            (
                "<?xml version=\"1.0\"?><svg width='30px' height='20' viewBox='0 0 3 2'/>",
                Some((30, 20)),
            ),
            (
                "<svg width=\"100%\" height=\"50%\" viewBox=\"0,0,4,3\">",
                Some((4, 3)),
            ),
            ("<svg stroke-width=\"3\" height=\"9\">", None),
            ("<svg viewBox=\"0 0 -1 x\">", None),
            ("no drawing", None),
        ] {
            assert_eq!(size(drawing.as_bytes()), wanted, "{drawing}");
        }
        let webp = [
            b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".as_slice(),
            &[9, 0, 0, 4, 0, 0],
        ]
        .concat();
        assert_eq!(size(&[&webp[..], &[0; 4]].concat()), Some((10, 5)));
        assert_eq!(size(&webp[..20]), None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_are_too_strange(head in 0_usize..6, rest in proptest::collection::vec(proptest::num::u8::ANY, 0..80)) {
            let heads: [&[u8]; 6] = [b"", b"GIF8", b"RIFF\0\0\0\0WEBP", &[0xff, 0xd8, 0xff, 0xe1, 0, 60, b'E', b'x', b'i', b'f', 0, 0], b"<svg ", b"BM"];
            let _ = size(&[heads[head], &rest].concat());
        }
    }
}
