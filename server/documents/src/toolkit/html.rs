//! A text as HTML that needs nothing else: for an email, a page of the intranet, a signature, a countdown.

use domain::branding::Palette;

use super::copy::{Block, Copy};
use super::facts::ToolkitFacts;
use super::words::{Line, Words, on_one_line};
use crate::code_sheet::{PAGE_START, escaped};

/// Width of an email, in CSS pixels.
const EMAIL_WIDTH: u32 = 600;
/// Width and height of the countdown, in CSS pixels.
const COUNTDOWN_SIZE: (u32, u32) = (320, 200);

/// The text as an email: tables that are only for looks, styles beside each part, readable without any, in the dark and without
/// pictures.
pub(super) fn email(copy: &Copy, facts: &ToolkitFacts) -> String {
    let (start, title) = (page_start(copy), escaped(&copy.title));
    let (brand, service) = (facts.palette.brand, escaped(&on_one_line(&facts.service_name)));
    let body = blocks(copy, &facts.palette);
    format!(
        "{start}<body style=\"margin:0;padding:0\">\n\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">\n\
         <tr><td align=\"center\" style=\"padding:16px\">\n\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"max-width:{EMAIL_WIDTH}px\">\n\
         <tr><td align=\"left\" bgcolor=\"{brand}\" style=\"background-color:{brand};color:#ffffff;padding:16px 24px;{TEXT}font-weight:bold\">\
         {service}</td></tr>\n\
         <tr><td align=\"left\" bgcolor=\"#ffffff\" style=\"background-color:#ffffff;color:#212b32;padding:8px 24px 24px 24px;{TEXT}overflow-wrap:anywhere\">\n\
         <h1 style=\"margin:16px 0;font-size:26px;line-height:1.25\">{title}</h1>\n{body}\
         </td></tr>\n</table>\n</td></tr>\n</table>\n</body></html>\n"
    )
}

/// The text as a page: everything inside `<article>` can be pasted into an intranet.
pub(super) fn article(copy: &Copy, facts: &ToolkitFacts) -> String {
    let (start, title) = (page_start(copy), escaped(&copy.title));
    let body = blocks(copy, &facts.palette);
    format!(
        "{start}<body style=\"margin:0;background:#ffffff;color:#212b32;{TEXT}\">\n\
         <article style=\"max-width:720px;margin:0 auto;padding:24px;overflow-wrap:anywhere\">\n\
         <h1 style=\"margin:16px 0;font-size:32px;line-height:1.25\">{title}</h1>\n{body}</article>\n</body></html>\n"
    )
}

/// The text as a few lines under an email.
pub(super) fn signature(copy: &Copy, facts: &ToolkitFacts) -> String {
    let (start, title, brand) = (page_start(copy), escaped(&copy.title), facts.palette.brand);
    let lines = copy.blocks.iter().filter_map(|block| match block {
        Block::Text(line) => Some(linked(line, &facts.palette)),
        _ => None,
    });
    let lines = lines.collect::<Vec<_>>().join("<br>\n");
    format!(
        "{start}<body style=\"margin:0\">\n\
         <table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">\n\
         <tr><td bgcolor=\"{brand}\" width=\"6\" style=\"background-color:{brand};width:6px\"></td>\n\
         <td style=\"padding:4px 0 4px 12px;font-family:arial,sans-serif;font-size:14px;line-height:1.4\">\
         <b>{title}</b><br>\n{lines}</td></tr>\n</table>\n</body></html>\n"
    )
}

/// What to paste where the countdown shall be: the page itself comes from the site and is always right.
pub(super) fn countdown(words: &Words) -> String {
    let facts = words.facts;
    let (width, height) = COUNTDOWN_SIZE;
    let [site, slug, title, link] =
        [&facts.site, &facts.campaign_slug, &facts.campaign_title, &facts.entry_link]
            .map(|text| escaped(&on_one_line(text)));
    let version = escaped(&words.version());
    format!(
        "<!-- Countdown. {version}. Paste all of it. It sets no cookies, and its dates are always right. -->\n\
         <iframe src=\"{site}/countdown/{slug}\" title=\"Countdown: {title}\" width=\"{width}\" height=\"{height}\" \
         style=\"border:0;max-width:100%\" loading=\"lazy\" referrerpolicy=\"no-referrer\" \
         sandbox=\"allow-scripts allow-popups allow-popups-to-escape-sandbox\"></iframe>\n\
         <p><a href=\"{link}\">{title}</a></p>\n"
    )
}

const TEXT: &str = "font-family:arial,sans-serif;font-size:18px;line-height:1.5;";

fn page_start(copy: &Copy) -> String {
    format!(
        "{PAGE_START}<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title></head>\n",
        escaped(&copy.title)
    )
}

fn blocks(copy: &Copy, palette: &Palette) -> String {
    copy.blocks.iter().map(|block| drawn(block, palette)).collect()
}

fn drawn(block: &Block, palette: &Palette) -> String {
    let items = |lines: &[Line]| -> String {
        let item = |line| format!("<li style=\"margin:0 0 8px 0\">{}</li>\n", linked(line, palette));
        lines.iter().map(item).collect()
    };
    match block {
        Block::Heading(heading) => {
            format!(
                "<h2 style=\"margin:24px 0 8px 0;font-size:20px;line-height:1.3\">{}</h2>\n",
                escaped(heading)
            )
        }
        Block::Text(line) => format!("<p style=\"margin:0 0 16px 0\">{}</p>\n", linked(line, palette)),
        Block::Small(line) => {
            format!("<p style=\"margin:0 0 4px 0;font-size:14px\">{}</p>\n", linked(line, palette))
        }
        Block::Steps(lines) => {
            format!("<ol style=\"margin:0 0 16px 0;padding:0 0 0 24px\">\n{}</ol>\n", items(lines))
        }
        Block::Points(lines) => {
            format!("<ul style=\"margin:0 0 16px 0;padding:0 0 0 24px\">\n{}</ul>\n", items(lines))
        }
        Block::Button { words, link } => format!(
            "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin:0 0 16px 0\">\
             <tr><td bgcolor=\"{colour}\" style=\"background-color:{colour};border-radius:4px\">\
             <a href=\"{}\" style=\"display:inline-block;padding:12px 24px;color:#ffffff;font-weight:bold\">{}</a></td></tr></table>\n",
            escaped(link),
            escaped(words),
            colour = palette.button,
        ),
    }
}

fn linked(line: &Line, palette: &Palette) -> String {
    let drawn = line.0.iter().map(|run| match &run.link {
        Some(link) => {
            let (link, text) = (escaped(link), escaped(&run.text));
            format!("<a href=\"{link}\" style=\"color:{}\">{text}</a>", palette.link)
        }
        None => escaped(&run.text),
    });
    drawn.collect()
}
