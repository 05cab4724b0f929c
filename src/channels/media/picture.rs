//! A picture as it is shown: looked at within bounds, turned upright, at most 1,600 pixels wide or
//! high, written anew as JPEG. EXIF, GPS, colour profiles and whatever hid behind the pixels are gone.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use crate::model::media::MediaProblem;

/// Longer side of what is shown, pixels.
pub const MOST_SIDE: u32 = 1600;

/// Bytes a picture may have before it is looked at. Telephones stay below it.
pub const MOST_BYTES: u64 = 20 * 1024 * 1024;

/// Pixels a picture may have: what the largest telephone cameras give when they combine nothing.
const MOST_PIXELS: u64 = 50_000_000;

/// Bytes that looking at a picture may take, the file itself twice over included: a photo of 24
/// million pixels, or one of 12 million that was written to appear little by little.
const MOST_MEMORY: u64 = 92 * 1024 * 1024;

/// Quality of the JPEG that is shown, 1 to 100.
const QUALITY: u8 = 82;

/// What is shown of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The JPEG.
    pub jpeg: Vec<u8>,
    /// Width of the JPEG, pixels.
    pub width: u32,
    /// Height of the JPEG, pixels.
    pub height: u32,
}

/// Makes what is shown of a picture; of an animation, its first frame. At most 100 MB and a few
/// seconds, whatever the bytes say.
///
/// # Errors
/// [`MediaProblem`]: too many bytes or pixels (seen before they are unpacked), or damaged.
pub fn shown(bytes: &[u8]) -> Result<Shown, MediaProblem> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(MediaProblem::TooLarge);
    }
    let image = decode(bytes)?;
    let image =
        if image.width().max(image.height()) > MOST_SIDE { image.thumbnail(MOST_SIDE, MOST_SIDE) } else { image };
    let flat = on_white(image);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&flat).map_err(|_| MediaProblem::Broken)?;
    Ok(Shown { jpeg, width: flat.width(), height: flat.height() })
}

fn decode(bytes: &[u8]) -> Result<DynamicImage, MediaProblem> {
    let broken = |_| MediaProblem::Broken;
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| MediaProblem::Broken)?;
    let known = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif];
    if !reader.format().is_some_and(|format| known.contains(&format)) {
        return Err(MediaProblem::Kind);
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| match error {
        image::ImageError::Limits(_) => MediaProblem::TooManyPixels,
        _ => MediaProblem::Broken,
    })?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        return Err(MediaProblem::Broken);
    }
    let memory = decoder.total_bytes() + pixels * extra_per_pixel(bytes) + 2 * bytes.len() as u64;
    if pixels > MOST_PIXELS || memory > MOST_MEMORY {
        return Err(MediaProblem::TooManyPixels);
    }
    // Telephones write which way they were held instead of turning the picture.
    let orientation = decoder.orientation().map_err(broken)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    if image.width().max(image.height()) > MOST_SIDE {
        // Turned when small: turning needs a second copy.
        image = image.thumbnail(MOST_SIDE, MOST_SIDE);
    }
    image.apply_orientation(orientation);
    Ok(image)
}

/// Bytes a pixel that unpacking takes beside the pixels themselves: a progressive JPEG holds all its
/// coefficients (two bytes each) until its last scan; a WebP is unpacked twice.
fn extra_per_pixel(bytes: &[u8]) -> u64 {
    if bytes.starts_with(b"RIFF") { 4 } else { progressive_samples(bytes).map_or(0, |samples| 2 * samples) }
}

/// Samples a pixel of a progressive JPEG, rounded up (ITU T.81, B.2.2); none for any other.
fn progressive_samples(bytes: &[u8]) -> Option<u64> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    loop {
        let (&[mark, kind, high, low], _) = rest.split_first_chunk::<4>()?;
        let size = usize::from(u16::from_be_bytes([high, low]));
        let segment = rest.get(4..2 + size)?;
        if mark != 0xff || kind == 0xda {
            return None;
        }
        if kind == 0xc2 {
            // precision, height, width, number of components; then id, sampling, table of each
            let samplings = segment.get(6..)?.chunks_exact(3).map(|part| part.get(1).copied().unwrap_or(0x11));
            let areas: Vec<u64> = samplings.map(|factors| u64::from(factors >> 4) * u64::from(factors & 15)).collect();
            return Some(areas.iter().sum::<u64>().div_ceil(areas.iter().copied().max()?.max(1)));
        }
        rest = rest.get(2 + size..)?;
    }
}

/// What can be seen through becomes white.
fn on_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let rgba = image.into_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, alpha] = rgba.get_pixel(x, y).0.map(u32::from);
        #[expect(clippy::cast_possible_truncation, reason = "a mean of two values up to 255")]
        let mixed = |colour: u32| ((colour * alpha + 255 * (255 - alpha)) / 255) as u8;
        Rgb([mixed(r), mixed(g), mixed(b)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> DynamicImage {
        let pixel = |x: u32, y: u32| Rgb([u8::from(x > width / 2) * 255, u8::try_from(y % 256).expect("a byte"), 9]);
        RgbImage::from_fn(width, height, pixel).into()
    }

    fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).expect("written");
        bytes.into_inner()
    }

    /// A JPEG with an EXIF block: turned by 90 degrees, taken in Medan.
    fn with_exif(jpeg: &[u8]) -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
        exif.extend_from_slice(b"GPSLatitude 3.595196 GPSLongitude 98.672226");
        let size = u16::try_from(exif.len() + 2).expect("small").to_be_bytes();
        [&jpeg[..2], &[0xff, 0xe1], &size, &exif, &jpeg[2..]].concat()
    }

    #[test]
    fn every_kind_is_shown_as_a_jpeg_of_at_most_1600_pixels() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
            let shown = shown(&written(&picture(2000, 500), format)).expect("a picture");
            assert_eq!((shown.width, shown.height), (1600, 400), "{format:?}");
            assert!(shown.jpeg.starts_with(b"\xff\xd8\xff"));
        }
        let small = shown(&written(&picture(30, 20), ImageFormat::Png)).expect("a picture");
        assert_eq!((small.width, small.height), (30, 20), "nothing is blown up");
    }

    #[test]
    fn the_place_a_photo_was_taken_is_gone_and_the_photo_stands_upright() {
        let secret = with_exif(&written(&picture(300, 200), ImageFormat::Jpeg));
        assert!(secret.windows(11).any(|bytes| bytes == b"GPSLatitude"));
        let shown = shown(&secret).expect("a picture");
        assert_eq!((shown.width, shown.height), (200, 300));
        assert!(!shown.jpeg.windows(4).any(|bytes| bytes == b"Exif" || bytes == b"GPSL"));
    }

    #[test]
    fn a_script_behind_the_pixels_is_gone() {
        let mut polyglot = written(&picture(20, 20), ImageFormat::Gif);
        polyglot.extend_from_slice(b"<script>alert(document.cookie)</script>");
        let shown = shown(&polyglot).expect("a picture");
        assert!(!shown.jpeg.windows(7).any(|bytes| bytes == b"<script"));
    }

    /// A PNG of 60,000 x 20,000 pixels in a few bytes.
    fn bomb() -> Vec<u8> {
        let mut png = written(&picture(8, 8), ImageFormat::Png);
        png[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        png[20..24].copy_from_slice(&20_000_u32.to_be_bytes());
        let crc = crc32(&png[12..29]);
        png[29..33].copy_from_slice(&crc.to_be_bytes());
        png
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
        })
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_unpacked() {
        assert_eq!(shown(&bomb()), Err(MediaProblem::TooManyPixels));
    }

    #[test]
    fn a_progressive_photo_counts_what_it_holds_until_its_last_scan() {
        let start = |kind: u8, luma: u8| {
            let mut head = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, kind, 0, 17, 8, 0, 9, 0, 9, 3];
            head.extend([1, luma, 0, 2, 0x11, 1, 3, 0x11, 1, 0xff, 0xda, 0, 2]);
            head
        };
        assert_eq!(progressive_samples(&start(0xc2, 0x22)), Some(2), "colour at a quarter: 1.5");
        assert_eq!(progressive_samples(&start(0xc2, 0x11)), Some(3), "colour at every pixel");
        assert_eq!(progressive_samples(&start(0xc0, 0x22)), None, "a baseline photo holds nothing back");
    }

    #[test]
    fn damaged_pictures_are_refused() {
        let png = written(&picture(300, 200), ImageFormat::Png);
        assert_eq!(shown(&png[..png.len() / 2]), Err(MediaProblem::Broken));
        assert_eq!(shown(b"\xff\xd8\xff\xe0 no picture"), Err(MediaProblem::Broken));
        assert_eq!(shown(b"<svg/>"), Err(MediaProblem::Kind));
    }

    #[test]
    fn what_can_be_seen_through_becomes_white() {
        let clear = image::RgbaImage::from_pixel(16, 16, image::Rgba([0, 0, 0, 0]));
        let shown = shown(&written(&clear.into(), ImageFormat::Png)).expect("a picture");
        let seen = image::load_from_memory(&shown.jpeg).expect("a jpeg").into_rgb8();
        assert!(seen.get_pixel(8, 8).0.iter().all(|channel| *channel > 250));
    }
}
