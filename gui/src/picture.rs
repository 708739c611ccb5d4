//! Pictures of the window, for the manual: written as PNG once nothing changes any more.

use egui::ColorImage;
use std::path::Path;

/// Writes a picture.
pub fn write(file: &Path, picture: &ColorImage) -> Result<(), String> {
    let bytes: Vec<u8> = picture
        .pixels
        .iter()
        .flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()])
        .collect();
    let [width, height] = picture.size;
    let (Ok(width), Ok(height)) = (u32::try_from(width), u32::try_from(height)) else {
        return Err(format!("{width}x{height}"));
    };
    image::save_buffer(file, &bytes, width, height, image::ExtendedColorType::Rgb8)
        .map_err(|error| error.to_string())
}
