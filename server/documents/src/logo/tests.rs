use std::time::{Duration, Instant};

use super::*;

/// Generous: a debug build on a busy machine. What these tests fear takes minutes, gigabytes or the process.
const SOON: Duration = Duration::from_secs(10);

fn svg(inside: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 100 50\">{inside}</svg>"
    )
}

fn sanitised(text: &str) -> Result<Png, LogoRefusal> {
    let start = Instant::now();
    let outcome = sanitise_logo(text.as_bytes());
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    outcome
}

fn pixel(png: &Png, x: u32, y: u32) -> [u8; 4] {
    decoded(png.bytes()).unwrap().get_pixel(x, y).0
}

fn png(width: u32, height: u32, colour: [u8; 4]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = RgbaImage::from_pixel(width, height, image::Rgba(colour));
    PngEncoder::new(&mut bytes).write_image(&picture, width, height, ExtendedColorType::Rgba8).unwrap();
    bytes
}

/// A chunk with its checksum (PNG specification, annex D).
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [kind.as_slice(), data].concat();
    let crc = !body.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    });
    [(data.len() as u32).to_be_bytes().as_slice(), &body, &crc.to_be_bytes()].concat()
}

#[test]
fn png_logos_are_drawn_anew_without_metadata() {
    let plain = png(300, 100, [0, 94, 184, 255]);
    let secret = chunk(b"tEXt", b"Author\0a name nobody should see");
    let with_text = [&plain[..33], &secret, &plain[33..]].concat();
    let drawn = sanitise_logo(&with_text).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (300, 100));
    assert_eq!(pixel(&drawn, 150, 50), [0, 94, 184, 255]);
    assert!(!drawn.bytes().windows(6).any(|window| window == b"Author"));
    assert_eq!(sanitise_logo(drawn.bytes()).unwrap(), drawn);
}

#[test]
fn large_pngs_are_scaled_down_and_keep_their_shape() {
    let drawn = sanitise_logo(&png(2_000, 1_000, [255, 0, 0, 128])).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (480, 240));
    assert_eq!(pixel(&drawn, 200, 100), [255, 0, 0, 128]);
    let thin = sanitise_logo(&png(4_000, 1, [0, 0, 0, 255])).unwrap();
    assert_eq!((thin.width(), thin.height()), (800, 1));
}

#[test]
fn png_bombs_and_broken_pngs() {
    let with_header = |width: u32, height: u32| {
        let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
        [PNG_SIGNATURE, &chunk(b"IHDR", &header), &chunk(b"IDAT", &[0x78, 0x9c]), &chunk(b"IEND", &[])]
            .concat()
    };
    assert_eq!(
        sanitise_logo(&with_header(60_000, 60_000)),
        Err(LogoRefusal::TooManyPixels { width: 60_000, height: 60_000 })
    );
    assert!(sanitise_logo(&with_header(0x7FFF_FFFF, 0x7FFF_FFFF)).is_err());
    assert_eq!(sanitise_logo(&with_header(10, 10)), Err(LogoRefusal::BrokenPng));
    assert_eq!(sanitise_logo(PNG_SIGNATURE), Err(LogoRefusal::BrokenPng));
    let whole = png(50, 50, [1, 2, 3, 255]);
    assert_eq!(sanitise_logo(&whole[..whole.len() / 2]), Err(LogoRefusal::BrokenPng));
}

#[test]
fn what_is_neither_png_nor_svg() {
    for bytes in [
        b"".as_slice(),
        b"GIF89a",
        b"\xFF\xD8\xFF",
        b"\x1f\x8b\x08",
        b"<html></html>",
        b"plain",
        b"\xFF\xFE<\0",
    ] {
        assert_eq!(sanitise_logo(bytes), Err(LogoRefusal::NotPngOrSvg));
    }
    assert_eq!(
        sanitise_logo(&vec![0; MAX_INPUT_BYTES + 1]),
        Err(LogoRefusal::TooLarge { bytes: MAX_INPUT_BYTES + 1 })
    );
    assert_eq!(sanitise_logo(&png(5, 5, [9, 9, 9, 0])), Err(LogoRefusal::Blank));
}

#[test]
fn an_ordinary_svg_fills_the_space() {
    let doctype = "<?xml version=\"1.0\"?><!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\">";
    let drawing = svg(concat!(
        "<style>.a{fill:#00f}</style><defs><linearGradient id='g'><stop stop-color='#0f0'/></linearGradient>",
        "<rect id='r' width='50' height='50'/><clipPath id='c'><use xlink:href='#r'/></clipPath>",
        "<mask id='m' style='mask-type:luminance' maskUnits='userSpaceOnUse'><path d='M0 0h100v50H0z' fill='#fff'/></mask></defs>",
        "<g clip-path='url(#c)'><rect class='a' width='100' height='50'/></g>",
        "<g mask='url(#m)'><rect x='50' width='50' height='50' fill='url(#g)'/></g>",
        "<path d='M0 25H100' stroke='red' stroke-dasharray='4 2'/>",
    ));
    let drawn = sanitised(&format!("\u{FEFF}{doctype}{drawing}")).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (480, 240));
    assert_eq!(pixel(&drawn, 100, 20), [0, 0, 255, 255]);
    assert_eq!(pixel(&drawn, 400, 20), [0, 255, 0, 255]);
}

#[test]
fn scripts_do_not_run_and_text_is_left_out() {
    let drawing = svg(
        "<script>alert(1)</script><rect width='10' height='10' onload='alert(1)'/><text y='20'>Words</text>",
    );
    let drawn = sanitised(&drawing).unwrap();
    assert_eq!(pixel(&drawn, 5, 5), [0, 0, 0, 255]);
    assert_eq!(sanitised(&svg("<text y='20'>Words</text>")), Err(LogoRefusal::Blank));
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    let local = std::env::temp_dir().join(format!("candour-logo-{}.svg", std::process::id()));
    std::fs::write(&local, svg("<rect width='100' height='50'/>")).unwrap();
    let inline = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>";
    for href in [local.to_str().unwrap(), "http://127.0.0.1:9/logo.png", "file:///etc/passwd", inline] {
        let href = href.replace('<', "&lt;");
        let drawing =
            svg(&format!("<image width='100' height='50' href=\"{href}\"/><use href=\"{href}#a\"/>"));
        assert_eq!(sanitised(&drawing), Err(LogoRefusal::Blank));
    }
    std::fs::remove_file(local).unwrap();
    let stylesheet = format!(
        "<?xml-stylesheet href='http://127.0.0.1:9/x.css'?>{}",
        svg("<style>@import 'http://127.0.0.1:9/x.css';</style>")
    );
    assert_eq!(sanitised(&stylesheet), Err(LogoRefusal::Blank));
}

#[test]
fn entities_are_refused() {
    let external =
        format!("<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>{}", svg("<text>&x;</text>"));
    assert_eq!(sanitised(&external), Err(LogoRefusal::Entities));
    let laughs = format!("<!DOCTYPE svg [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]>{}", svg("&b;"));
    assert_eq!(sanitised(&laughs), Err(LogoRefusal::Entities));
    assert!(matches!(sanitised(&svg("&undeclared;")), Err(LogoRefusal::BrokenSvg(_))));
}

#[test]
fn huge_dimensions_are_only_a_scale() {
    for size in ["1e9", "1e30", "0.0001"] {
        let text = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='{size}' height='{size}'><rect width='100%' height='100%'/></svg>"
        );
        let drawn = sanitised(&text).unwrap();
        assert_eq!((drawn.width(), drawn.height()), (240, 240), "{size}");
    }
    let strip = "<svg xmlns='http://www.w3.org/2000/svg' width='1000000' height='1'><rect width='100%' height='100%'/></svg>";
    assert_eq!(sanitised(strip), Err(LogoRefusal::Blank));
    let none = "<svg xmlns='http://www.w3.org/2000/svg' width='0' height='-1'/>";
    assert!(matches!(sanitised(none), Err(LogoRefusal::BrokenSvg(_))));
}

#[test]
fn deep_nesting_and_many_elements() {
    let nested = |levels: usize| {
        svg(&format!("{}<rect width='9' height='9'/>{}", "<g>".repeat(levels), "</g>".repeat(levels)))
    };
    assert!(sanitised(&nested(60)).is_ok());
    assert_eq!(sanitised(&nested(65)), Err(LogoRefusal::TooComplex("elements inside each other")));
    assert_eq!(sanitised(&nested(100_000)), Err(LogoRefusal::TooComplex("elements")));
    assert!(sanitised(&svg(&"<g>".repeat(100_000))).is_err());
    let shapes = |count: usize| svg(&"<rect width='9' height='9'/>".repeat(count));
    assert!(sanitised(&shapes(4_000)).is_ok());
    assert_eq!(sanitised(&shapes(6_000)), Err(LogoRefusal::TooComplex("shapes")));
}

#[test]
fn references_neither_multiply_nor_run_in_circles() {
    let doubling = |element: &str, link: fn(usize) -> String| -> String {
        (0..24)
            .map(|n| format!("<{element} id='e{n}'>{}{}</{element}>", link(n + 1), link(n + 1)))
            .chain(["<rect id='e24' width='9' height='9'/>".into(), link(0)])
            .collect()
    };
    let uses = doubling("g", |n| format!("<use xlink:href='#e{n}'/>"));
    let masks = doubling("mask", |n| format!("<rect width='9' height='9' mask='url(#e{n})'/>"));
    let styled = doubling("mask", |n| format!("<rect width='9' height='9' style='x:y;mask:url(#e{n})'/>"));
    let sheets = doubling("clipPath", |n| {
        format!("<rect width='9' height='9' class='c{n}'/><style>.c{n}{{clip-path:url(#e{n})}}</style>")
    });
    let patterns = doubling("pattern", |n| format!("<rect width='9' height='9' fill='url(#e{n})'/>"));
    let through_use = "<g id='g'><rect width='9' height='9' mask='url(#m)'/></g><mask id='m'><use href='#g'/></mask><rect width='9' height='9' mask='url(#m)'/>".into();
    let circle =
        "<mask id='a' mask='url(#b)'/><mask id='b' mask='url(#c)'/><mask id='c' mask='url(#a)'/>".into();
    let itself = "<g id='g'><use href=' #g '/></g>".into();
    for drawing in [uses, masks, styled, sheets, patterns, through_use, circle, itself] {
        let outcome = sanitised(&svg(&drawing));
        assert!(matches!(outcome, Err(LogoRefusal::UnsupportedSvg(_))), "{outcome:?} {drawing:.200}");
    }
    let gradients = "<linearGradient id='a' href='#b'/><linearGradient id='b' href='#c'/><linearGradient id='c' href='#a'/><rect width='9' height='9' fill='url(#a)'/><rect x='20' width='9' height='9'/>";
    assert!(sanitised(&svg(gradients)).is_ok());
}

#[test]
fn costly_effects() {
    let unsupported = |drawing: &str| matches!(sanitised(&svg(drawing)), Err(LogoRefusal::UnsupportedSvg(_)));
    assert!(unsupported("<filter id='f'><feTurbulence numOctaves='999999'/></filter>"));
    assert!(unsupported("<rect width='9' height='9' style='filter:blur(9px)'/>"));
    assert!(unsupported("<marker id='m'/>"));
    let dashes = "<path d='M0 0H100' stroke='red' stroke-dasharray='0.00001'/>";
    assert_eq!(sanitised(&svg(dashes)), Err(LogoRefusal::TooComplex("dashes")));
}

#[test]
fn a_megabyte_of_anything() {
    let attributes: String = (0..MAX_INPUT_BYTES / 20).map(|n| format!("a{n}='' ")).collect();
    let namespaces: String = (0..MAX_INPUT_BYTES / 30).map(|n| format!("xmlns:a{n}='u{n}' ")).collect();
    let path: String = (0..90_000).map(|n| format!("{} {} ", n % 97, n % 41)).collect();
    let layers =
        |count| "<g opacity='.5'><g opacity='.5'><rect width='99' height='49'/></g></g>".repeat(count);
    let rules: String = (0..500).map(|n| format!(".c{n} g>rect{{fill:red}}")).collect();
    let shapes = "<rect width='9' height='9'/>".repeat(4_000);
    let uses = "<use href='#g'/>".repeat(40);
    for drawing in [
        format!("<rect {attributes}/>"),
        format!("<rect {namespaces}/>"),
        format!("<path stroke='red' stroke-width='3' stroke-linejoin='round' d='M{path}'/>"),
        layers(1_600),
        layers(200),
        format!("<style>{rules}</style>{shapes}"),
        format!("<g id='g'>{shapes}</g>{uses}"),
    ] {
        let _ = sanitised(&svg(&drawing));
    }
}

#[test]
fn favicons() {
    let brand = [0, 94, 184];
    let plain = favicon(brand, None);
    assert_eq!((plain.width(), plain.height()), (FAVICON_PIXELS, FAVICON_PIXELS));
    assert_eq!((pixel(&plain, 0, 0)[3], pixel(&plain, 32, 32)), (0, [0, 94, 184, 255]));
    let dark = favicon(brand, Some(&sanitise_logo(&png(200, 100, [0, 0, 0, 255])).unwrap()));
    assert_eq!(pixel(&dark, 32, 32), [0, 0, 0, 255]);
    assert_eq!((pixel(&dark, 32, 15), pixel(&dark, 32, 2)), ([255; 4], [0, 94, 184, 255]));
    let light = favicon(brand, Some(&sanitise_logo(&png(200, 100, [255, 255, 255, 255])).unwrap()));
    assert_eq!((pixel(&light, 32, 32), pixel(&light, 32, 15)), ([255; 4], [0, 94, 184, 255]));
}
