//! Draws every sample of every page in three brandings, to be looked at and audited.
//!
//! `cargo run -p web --example gallery -- DIR` writes `DIR/<branding>/<page>/<state>.html` and the assets beside them;
//! serve DIR with any static file server. `cargo run --release -p web --example gallery -- --bench` measures how long
//! the conversation page takes.

use std::error::Error;
use std::path::Path;
use std::time::Instant;
use std::{env, fs};

use domain::branding::{Colour, Palette};
use web::render::{Renderer, branding_css};
use web::views::{Conversation, Logo, View, all_samples, sample_sites};
use web::{assets, views};

/// Renderings per measurement.
const ROUNDS: u32 = 4_000;

/// Brand, link and button colour by branding; the last is too light to read as it is.
const COLOURS: [(&str, &str, &str); 3] =
    [("#14493f", "#0b5f66", "#14493f"), ("#7a1f55", "#8a1c5e", "#7a1f55"), ("#f5bd3b", "#1d5a86", "#f5bd3b")];

fn main() -> Result<(), Box<dyn Error>> {
    match env::args().nth(1).as_deref() {
        Some("--bench") => bench(),
        Some(folder) => draw(Path::new(folder)),
        None => Err("say where to draw to, or --bench".into()),
    }
}

fn draw(folder: &Path) -> Result<(), Box<dyn Error>> {
    let renderer = Renderer::new()?;
    for ((name, mut site), (brand, link, button)) in sample_sites().into_iter().zip(COLOURS) {
        let palette =
            Palette::from_brand(brand.parse::<Colour>()?, Some(link.parse()?), Some(button.parse()?));
        site.logo = (name != "hhft").then(|| Logo {
            url: format!("/branding/{name}.svg"),
            alt: site.tenant_name.clone(),
            width: 56,
            height: 56,
        });
        write(&folder.join("branding").join(format!("{name}.css")), branding_css(&palette).as_bytes())?;
        write(&folder.join("branding").join(format!("{name}.svg")), logo(palette.brand).as_bytes())?;
        site.branding_css = format!("/branding/{name}.css");
        let chrome = renderer.dress(&site)?;
        for sample in all_samples(&chrome) {
            let html = renderer.render_sample(&sample)?;
            write(&folder.join(name).join(format!("{}.html", sample.name)), html.as_bytes())?;
        }
    }
    for name in [
        "candour.css",
        "console.css",
        "countdown.css",
        "live.js",
        "draft.js",
        "join.js",
        "htmx.js",
        "moderation.js",
    ] {
        let url = assets::url(name);
        let hashed = url.trim_start_matches("/assets/");
        let asset = assets::find(hashed, "identity").ok_or("an asset is missing")?;
        write(&folder.join("assets").join(hashed), &asset.bytes)?;
    }
    Ok(())
}

fn logo(colour: Colour) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"56\" height=\"56\" viewBox=\"0 0 56 56\">\
         <rect width=\"56\" height=\"56\" rx=\"10\" fill=\"{colour}\"/><circle cx=\"22\" cy=\"28\" r=\"11\" fill=\"#fff\"/>\
         <circle cx=\"36\" cy=\"28\" r=\"9\" fill=\"#fff\" fill-opacity=\".6\"/></svg>"
    )
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(path.parent().ok_or("no folder")?)?;
    Ok(fs::write(path, bytes)?)
}

fn bench() -> Result<(), Box<dyn Error>> {
    let started = Instant::now();
    let renderer = Renderer::new()?;
    println!("all templates ready in {:?}", started.elapsed());
    let (_, site) = sample_sites().into_iter().next().ok_or("no site")?;
    let chrome = renderer.dress(&site)?;
    measure::<Conversation>(&renderer, &chrome, "open")?;
    measure::<Conversation>(&renderer, &chrome, "first-of-all")?;
    measure::<views::Contribution>(&renderer, &chrome, "open")?;
    measure::<views::Home>(&renderer, &chrome, "open")?;
    measure::<views::Share>(&renderer, &chrome, "new")?;
    Ok(())
}

fn measure<V: View>(renderer: &Renderer, chrome: &views::Chrome, state: &str) -> Result<(), Box<dyn Error>> {
    let (_, view) =
        V::samples(chrome).into_iter().find(|(name, _)| *name == state).ok_or("no such sample")?;
    let bytes = renderer.render(&view)?.len();
    let started = Instant::now();
    for _ in 0..ROUNDS {
        std::hint::black_box(renderer.render(&view)?);
    }
    println!("{} {state}: {:?} a page of {bytes} bytes", V::TEMPLATE, started.elapsed() / ROUNDS);
    Ok(())
}
