//! Bitmaps of exhibits: pictures that are larger than paper can show, and drawn pages, in the smallest form that the
//! layout engine takes.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageFormat, ImageReader, Limits};
use typst::foundations::Bytes;

use crate::print::pictures::{breaks_off, has_screen_colors};

/// Dots to the inch at which a scaled-down picture is printed.
const DPI: f64 = 300.0;
/// A picture is scaled down when it has this many times the dots that are printed, and not before: scaling costs
/// sharpness.
const SPARE: f64 = 1.5;
/// A picture with more dots than this is not decoded: it would take gigabytes.
pub(super) const MOST: u64 = 120_000_000;
/// A picture with more dots than this is worth a word to whoever keeps the evidence.
const LARGE: u64 = 40_000_000;
/// Memory that one picture may take while it is decoded, in bytes.
const MEMORY: u64 = 512 * 1024 * 1024;
/// JPEG quality: no trace of it is seen in print.
const QUALITY: u8 = 82;
/// Channels that differ by no more than this are grey: scanners tint, and ink is black.
const GREY: u8 = 10;

/// Why a picture can't be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::print) enum Why {
    /// It is damaged, or no picture at all.
    Damaged(&'static str),
    /// It has so many dots.
    TooLarge(u32, u32),
}

/// What is to be done with a picture.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::print) enum Plan {
    /// The file goes into the binder as it is; how the name of such a file ends.
    AsIs(&'static str),
    /// It was drawn anew.
    Anew(Drawn),
}

/// A bitmap in a form that the layout engine reads.
#[derive(Debug, Clone, PartialEq, Hash)]
pub(in crate::print) struct Drawn {
    /// The file.
    pub bytes: Bytes,
    /// How its name ends.
    pub extension: &'static str,
    /// Width in dots.
    pub width: u32,
    /// Height in dots.
    pub height: u32,
    /// Width and height of the file it was made of, where that has more dots, the right way up.
    pub natural: Option<(u32, u32)>,
    /// The same as they stand in the file.
    pub scaled_from: Option<(u32, u32)>,
    /// It was so large that somebody should know.
    pub large: bool,
}

/// True for a file that can be printed as a picture, whatever its name says.
pub(super) fn is_picture(bytes: &[u8]) -> bool {
    matches!(
        image::guess_format(bytes),
        Ok(ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Gif | ImageFormat::WebP)
    )
}

/// Looks at the head of a picture first, and decodes it only where the file can't be used as it is. `room` is the
/// width and height of the paper that it may take, in points.
pub(in crate::print) fn plan(bytes: &[u8], room: (f64, f64)) -> Result<Plan, Why> {
    const HEAD: Why = Why::Damaged("its beginning can't be read as a picture");
    let format = match image::guess_format(bytes) {
        Ok(f @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Gif | ImageFormat::WebP)) => f,
        _ => return Err(Why::Damaged("it is not a picture inside")),
    };
    let reader = || ImageReader::with_format(Cursor::new(bytes), format);
    let (width, height) = reader().into_dimensions().map_err(|_| HEAD)?;
    if width == 0 || height == 0 {
        return Err(Why::Damaged("it has no size"));
    }
    if format == ImageFormat::Jpeg && breaks_off(bytes) {
        return Err(Why::Damaged("it breaks off in the middle"));
    }
    let dots = u64::from(width) * u64::from(height);
    if dots > MOST {
        return Err(Why::TooLarge(width, height));
    }
    let mut reader = reader();
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| HEAD)?;
    let turned = decoder.orientation().ok();
    let lies = matches!(
        turned,
        Some(
            Orientation::Rotate90
                | Orientation::Rotate270
                | Orientation::Rotate90FlipH
                | Orientation::Rotate270FlipH
        )
    );
    let shrink = shrink(width, height, if lies { (room.1, room.0) } else { room });
    let plain = matches!(
        decoder.original_color_type(),
        ExtendedColorType::L1
            | ExtendedColorType::L2
            | ExtendedColorType::L4
            | ExtendedColorType::L8
            | ExtendedColorType::La8
            | ExtendedColorType::Rgb8
            | ExtendedColorType::Rgba8
    ) && (format != ImageFormat::Jpeg || has_screen_colors(bytes));
    if plain && shrink.is_none() {
        return Ok(Plan::AsIs(match format {
            ImageFormat::Png => "png",
            ImageFormat::Jpeg => "jpg",
            ImageFormat::Gif => "gif",
            _ => "webp",
        }));
    }
    const BODY: Why = Why::Damaged("it breaks off, or is damaged");
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| BODY)?;
    if let Some((width, height)) = shrink {
        picture = picture.thumbnail_exact(width, height);
    }
    if let Some(turned) = turned {
        picture.apply_orientation(turned);
    }
    let picture = on_white(picture);
    let (new_width, new_height) = (picture.width(), picture.height());
    let (bytes, extension) = encode(&picture).ok_or(BODY)?;
    Ok(Plan::Anew(Drawn {
        bytes,
        extension,
        width: new_width,
        height: new_height,
        natural: shrink.map(|_| if lies { (height, width) } else { (width, height) }),
        scaled_from: shrink.map(|_| (width, height)),
        large: dots > LARGE,
    }))
}

/// How a bitmap is set into `room`: points for each of its dots (or points), and whether it is turned by a quarter,
/// its top to the left, because it gets `gain` times as large that way.
pub(super) fn fit(width: f64, height: f64, room: (f64, f64), gain: f64) -> (f64, bool) {
    let upright = (room.0 / width).min(room.1 / height);
    let turned = (room.1 / width).min(room.0 / height);
    if turned >= upright * gain {
        (turned, true)
    } else {
        (upright, false)
    }
}

/// The size in dots that paper can show, where the picture has far more.
fn shrink(width: u32, height: u32, room: (f64, f64)) -> Option<(u32, u32)> {
    let by = (f64::from(width) / (room.0 / 72.0 * DPI)).max(f64::from(height) / (room.1 / 72.0 * DPI));
    if by <= SPARE {
        return None;
    }
    let scaled = |dots: u32| ((f64::from(dots) / by).round() as u32).max(1);
    Some((scaled(width), scaled(height)))
}

/// 8 bits a color and nothing to see through; grey where it has no color.
fn on_white(picture: DynamicImage) -> DynamicImage {
    let has_color = picture.color().has_color();
    if picture.color().has_alpha() {
        let mut dots = picture.into_rgba8();
        for dot in dots.pixels_mut() {
            let alpha = u32::from(dot.0[3]);
            for channel in &mut dot.0[..3] {
                *channel = ((u32::from(*channel) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
            }
            dot.0[3] = 255;
        }
        let picture = DynamicImage::ImageRgba8(dots);
        if has_color {
            DynamicImage::ImageRgb8(picture.into_rgb8())
        } else {
            DynamicImage::ImageLuma8(picture.into_luma8())
        }
    } else if has_color {
        DynamicImage::ImageRgb8(picture.into_rgb8())
    } else {
        DynamicImage::ImageLuma8(picture.into_luma8())
    }
}

/// A page as drawn, four bytes a dot; grey where nothing on it is colored.
pub(super) fn page(rgba: &[u8], width: u32, height: u32) -> Option<Drawn> {
    let dots = || rgba.chunks_exact(4);
    let grey = dots().all(|dot| {
        let (most, least) = (dot[0].max(dot[1]).max(dot[2]), dot[0].min(dot[1]).min(dot[2]));
        most - least <= GREY
    });
    let picture = if grey {
        let luma = dots().map(|dot| {
            let sum = u32::from(dot[0]) * 299 + u32::from(dot[1]) * 587 + u32::from(dot[2]) * 114;
            (sum / 1000) as u8
        });
        DynamicImage::ImageLuma8(image::GrayImage::from_raw(width, height, luma.collect())?)
    } else {
        let rgb = dots().flat_map(|dot| [dot[0], dot[1], dot[2]]);
        DynamicImage::ImageRgb8(image::RgbImage::from_raw(width, height, rgb.collect())?)
    };
    let (bytes, extension) = encode(&picture)?;
    Some(Drawn {
        bytes,
        extension,
        width,
        height,
        natural: None,
        scaled_from: None,
        large: false,
    })
}

/// PNG for what is drawn or typed; JPEG for photos and scans, where PNG takes much more.
fn encode(picture: &DynamicImage) -> Option<(Bytes, &'static str)> {
    let mut png = Cursor::new(vec![]);
    picture.write_to(&mut png, ImageFormat::Png).ok()?;
    let png = png.into_inner();
    let dots = u64::from(picture.width()) * u64::from(picture.height());
    // Type and plain screens come to a tenth of a byte a dot; only what is noisy is tried as a photo.
    if (png.len() as u64) * 4 > dots {
        let mut jpeg = vec![];
        picture
            .write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, QUALITY))
            .ok()?;
        if jpeg.len() * 2 < png.len() {
            return Some((Bytes::new(jpeg), "jpg"));
        }
    }
    Some((Bytes::new(png), "png"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: (f64, f64) = (486.0, 600.0);

    fn png(width: u32, height: u32) -> Vec<u8> {
        let dots = image::GrayImage::from_fn(width, height, |x, y| image::Luma([(x ^ y) as u8]));
        let mut out = Cursor::new(vec![]);
        DynamicImage::ImageLuma8(dots)
            .write_to(&mut out, ImageFormat::Png)
            .expect("a picture");
        out.into_inner()
    }

    #[test]
    fn a_screenshot_goes_in_as_it_is() {
        assert_eq!(plan(&png(800, 600), ROOM), Ok(Plan::AsIs("png")));
    }

    #[test]
    fn a_large_picture_is_scaled_to_what_paper_shows_and_to_the_same_bytes_each_time() {
        let file = png(5000, 1000);
        let first = plan(&file, ROOM);
        let Ok(Plan::Anew(drawn)) = &first else {
            panic!("{first:?}");
        };
        assert_eq!(drawn.scaled_from, Some((5000, 1000)));
        // 486 points at 300 dots to the inch.
        assert_eq!((drawn.width, drawn.height), (2025, 405));
        assert_eq!(plan(&file, ROOM), first);
    }

    #[test]
    fn colors_of_16_bits_are_brought_to_8() {
        let dots =
            image::ImageBuffer::<image::Rgb<u16>, Vec<u16>>::from_pixel(8, 8, image::Rgb([65535, 0, 257]));
        let mut file = Cursor::new(vec![]);
        DynamicImage::ImageRgb16(dots)
            .write_to(&mut file, ImageFormat::Png)
            .expect("a picture");
        let Ok(Plan::Anew(drawn)) = plan(&file.into_inner(), ROOM) else {
            panic!("drawn anew");
        };
        let seen = image::load_from_memory(&drawn.bytes).expect("a picture");
        assert_eq!(seen.color(), image::ColorType::Rgb8);
        assert_eq!(drawn.scaled_from, None);
    }

    #[test]
    fn what_shines_through_is_white() {
        let clear = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(1, 1, image::Rgba([9, 9, 9, 0])));
        assert_eq!(on_white(clear).to_rgb8().get_pixel(0, 0).0, [255; 3]);
    }

    #[test]
    fn broken_and_boundless_pictures_say_why() {
        let good = png(400, 300);
        assert_eq!(plan(b"", ROOM), Err(Why::Damaged("it is not a picture inside")));
        assert_eq!(
            plan(&good[..20], ROOM),
            Err(Why::Damaged("its beginning can't be read as a picture"))
        );
        // The head alone claims 60,000 by 60,000 dots; nothing is decoded.
        let mut huge = good.clone();
        huge[16..20].copy_from_slice(&60_000u32.to_be_bytes());
        huge[20..24].copy_from_slice(&60_000u32.to_be_bytes());
        let crc = crc32(&huge[12..29]);
        huge[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(plan(&huge, ROOM), Err(Why::TooLarge(60_000, 60_000)));
        // Large enough to be decoded for scaling, and cut off in the middle.
        let large = png(4000, 4000);
        let cut = plan(&large[..large.len() / 2], ROOM);
        assert_eq!(cut, Err(Why::Damaged("it breaks off, or is damaged")));
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1))
            })
        })
    }

    #[test]
    fn a_page_without_color_is_grey_and_a_scan_is_a_photo() {
        let white = page(&[250u8, 255, 248, 255].repeat(64 * 64), 64, 64).expect("a page");
        assert_eq!(white.extension, "png");
        let seen = image::load_from_memory(&white.bytes).expect("a picture");
        assert_eq!(seen.color(), image::ColorType::L8);
        let mut state = 1u32;
        let noise: Vec<u8> = (0..256 * 256)
            .flat_map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let level = 200 + (state >> 27) as u8;
                [level, level - 30, level - 60, 255]
            })
            .collect();
        assert_eq!(page(&noise, 256, 256).expect("a page").extension, "jpg");
    }
}
