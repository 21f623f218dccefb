//! Sealed codes on paper: a CSV file for mail merges, and a page of slips to print and cut.
//!
//! Both hold live credentials: whoever reads them can enter. They are made once, when the codes are issued, and kept by nobody.

use std::io::{self, Write};

use qrcode::{Color, EcLevel, QrCode};
use thiserror::Error;

use crate::spreadsheet::guarded;

/// The most codes on one sheet: 1,250 pages.
pub const MAX_SLIPS: usize = 10_000;
/// Slips on a page, two across and four down.
const SLIPS_PER_PAGE: usize = 8;

/// What all slips of a sheet say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeSheet {
    /// Who holds the conversation.
    pub tenant_name: String,
    /// What the conversation is called.
    pub campaign_title: String,
    /// Where a code is typed in, as people would type it: short, without a code.
    pub entry_address: String,
    /// Whom to ask for help, such as an email address.
    pub support_address: String,
    /// The head of the public key log as it is printed, for those who want to compare it; none before there are keys.
    pub key_log_head: Option<String>,
    /// The codes, already shuffled.
    pub slips: Vec<Slip>,
}

/// One code.
#[derive(Clone, PartialEq, Eq)]
pub struct Slip {
    /// The code in its groups.
    pub code: String,
    /// The address that enters with this code; the QR code holds it.
    pub link: String,
}

impl std::fmt::Debug for Slip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Slip(secret)")
    }
}

/// Why a sheet cannot be made.
#[derive(Debug, Error)]
pub enum SheetRefusal {
    /// More codes than [`MAX_SLIPS`].
    #[error("a sheet holds {MAX_SLIPS} codes at most, and this one has {found}: issue them in parts")]
    TooManySlips {
        /// How many there were.
        found: usize,
    },
    /// A link does not fit into a QR code.
    #[error("the entry link is too long for a QR code ({bytes} bytes): use a shorter public address")]
    LinkTooLong {
        /// Its length.
        bytes: usize,
    },
    /// The file could not be written.
    #[error("the sheet cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// Writes the codes as CSV with the columns `code` and `link`, in the order given.
///
/// # Errors
/// [`SheetRefusal::Write`] when `writer` fails.
pub fn write_csv(writer: impl Write, slips: &[Slip]) -> Result<(), SheetRefusal> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(["code", "link"]).map_err(io::Error::from)?;
    for slip in slips {
        csv.write_record([&*guarded(&slip.code), &*guarded(&slip.link)]).map_err(io::Error::from)?;
    }
    Ok(csv.flush()?)
}

/// Writes the sheet as one HTML page that needs nothing else: A4, eight slips a page, to cut along the dashes; black on white.
///
/// # Errors
/// A [`SheetRefusal`]; what was written until then is of no use.
pub fn write_html(mut writer: impl Write, sheet: &CodeSheet) -> Result<(), SheetRefusal> {
    if sheet.slips.len() > MAX_SLIPS {
        return Err(SheetRefusal::TooManySlips { found: sheet.slips.len() });
    }
    let [tenant, campaign, address, support] =
        [&sheet.tenant_name, &sheet.campaign_title, &sheet.entry_address, &sheet.support_address]
            .map(|text| escaped(text));
    let head =
        sheet.key_log_head.as_deref().map(|head| format!("<p class=\"help\">Keys: {}</p>", escaped(head)));
    let head = head.unwrap_or_default();
    write!(writer, "{PAGE_START}<title>Codes: {campaign}</title>{PAGE_STYLE}")?;
    writeln!(
        writer,
        "<header><h1>{} codes for “{campaign}”</h1><p>Print on A4 at full size and cut along the dashes. \
         Each code lets one person in, so keep this page safe and delete it once it is printed.</p></header>",
        sheet.slips.len()
    )?;
    for page in sheet.slips.chunks(SLIPS_PER_PAGE) {
        writeln!(writer, "<section>")?;
        for slip in page {
            let (qr, code) = (qr_svg(&slip.link)?, escaped(&slip.code));
            writeln!(
                writer,
                "<article><h2>{tenant}</h2><h3>{campaign}</h3><div class=\"middle\">{qr}<ol>\
                 <li>Scan the square with your phone. Or go to <b>{address}</b> and type the code.</li>\
                 <li>The code works once. Keep it to yourself until then.</li>\
                 <li>The slips were shuffled. Nobody can tell it was you.</li></ol></div>\
                 <p class=\"code\">{code}</p><p class=\"help\">Stuck? Ask {support}</p>{head}</article>"
            )?;
        }
        writeln!(writer, "</section>")?;
    }
    writeln!(writer, "</main></body></html>")?;
    Ok(writer.flush()?)
}

pub(crate) const PAGE_START: &str = "<!DOCTYPE html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
<meta name=\"referrer\" content=\"no-referrer\">";

const PAGE_STYLE: &str = "<style>
@page { size: A4; margin: 10mm }
* { box-sizing: border-box; margin: 0; padding: 0 }
body { font: 9.5pt/1.3 arial, sans-serif; color: #000; background: #fff }
main { width: 190mm; margin: 0 auto }
header { padding: 5mm 0 }
h1 { font-size: 12pt; padding-bottom: 1mm }
section { display: grid; grid-template-columns: 95mm 95mm; grid-auto-rows: 69mm; break-after: page }
section:last-child { break-after: auto }
article { border: 0.3mm dashed #000; padding: 4mm; overflow: hidden; display: flex; flex-direction: column;
  break-inside: avoid; overflow-wrap: anywhere }
h2 { font-size: 10pt; max-height: 2.6em; overflow: hidden }
h3 { font-size: 9.5pt; font-weight: normal; max-height: 2.6em; overflow: hidden }
.middle { display: flex; flex: 1; align-items: center; gap: 2mm; min-height: 0 }
.middle svg { width: 32mm; height: 32mm; flex: none }
ol { list-style: none; font-size: 9pt }
li { padding-bottom: 1mm }
.code { font: bold 15pt/1.3 'courier new', monospace; text-align: center; white-space: nowrap }
.help { font-size: 8pt; text-align: center }
@media print { header { display: none } }
</style></head><body><main>";

/// White modules that a QR code needs on each side (ISO/IEC 18004).
const QUIET_MODULES: usize = 4;

/// The link as a QR code, black on white, readable with 15 % of it lost (level M). Neighbouring dark modules are one stroke of
/// the path: a third of the size that the qrcode crate's own SVG has, and a sheet may hold ten thousand.
///
/// # Errors
/// [`SheetRefusal::LinkTooLong`].
pub fn qr_svg(link: &str) -> Result<String, SheetRefusal> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M)
        .map_err(|_| SheetRefusal::LinkTooLong { bytes: link.len() })?;
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = QUIET_MODULES;
        for run in row.chunk_by(|left, right| left == right) {
            if run[0] == Color::Dark {
                path.push_str(&format!("M{x} {}h{}v1h-{}z", y + QUIET_MODULES, run.len(), run.len()));
            }
            x += run.len();
        }
    }
    let side = code.width() + 2 * QUIET_MODULES;
    Ok(format!(
        "<svg role=\"img\" aria-label=\"QR code\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

/// The same as a file of its own: what reads SVG files looks for its namespace.
pub(crate) fn qr_file(link: &str) -> Result<String, SheetRefusal> {
    Ok(qr_svg(link)?.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", 1))
}

pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(slips: usize) -> CodeSheet {
        let slip = |n| Slip {
            code: format!("ABCD-EFGH-JKMN-{n:04}"),
            link: format!("https://bsol.candour.example/enter?code=ABCD-EFGH-JKMN-{n:04}"),
        };
        CodeSheet {
            tenant_name: "Health & <Care> \"Partnership\"".into(),
            campaign_title: "What's it like here?".into(),
            entry_address: "bsol.candour.example/enter".into(),
            support_address: "support@candour.example".into(),
            key_log_head: None,
            slips: (0..slips).map(slip).collect(),
        }
    }

    fn html(sheet: &CodeSheet) -> String {
        let mut page = Vec::new();
        write_html(&mut page, sheet).unwrap();
        String::from_utf8(page).unwrap()
    }

    #[test]
    fn csv_has_a_row_a_code_and_runs_nothing() {
        let mut slips = sheet(2).slips;
        slips[1].link = "=cmd|' /C calc'!A0".into();
        let mut file = Vec::new();
        write_csv(&mut file, &slips).unwrap();
        assert_eq!(
            String::from_utf8(file).unwrap(),
            "code,link\nABCD-EFGH-JKMN-0000,https://bsol.candour.example/enter?code=ABCD-EFGH-JKMN-0000\n\
             ABCD-EFGH-JKMN-0001,'=cmd|' /C calc'!A0\n"
        );
    }

    #[test]
    fn a_page_has_eight_slips_and_every_slip_its_code() {
        let page = html(&sheet(17));
        assert_eq!(page.matches("<section>").count(), 3);
        assert_eq!(page.matches("<article>").count(), 17);
        assert_eq!(page.matches("<svg ").count(), 17);
        for n in 0..17 {
            assert_eq!(page.matches(&format!("ABCD-EFGH-JKMN-{n:04}")).count(), 1);
        }
    }

    #[test]
    fn the_page_is_self_contained_and_escaped() {
        let mut sheet = sheet(1);
        sheet.support_address = "<script>alert(1)</script>".into();
        sheet.slips[0].code = "\"><img x>".into();
        let page = html(&sheet);
        assert!(page.contains("Health &amp; &lt;Care&gt; &quot;Partnership&quot;"));
        assert!(page.contains("What&#39;s it like here?"));
        for absent in ["<script", "<img", "<link", "src=", "href=", "url(", "@import", "<?xml"] {
            assert!(!page.contains(absent), "{absent}");
        }
    }

    #[test]
    fn the_head_of_the_key_log_is_on_every_slip_if_there_is_one() {
        assert!(!html(&sheet(3)).contains("Keys:"));
        let sheet = CodeSheet { key_log_head: Some("3f7a 91c2 <b>".into()), ..sheet(3) };
        assert_eq!(html(&sheet).matches("Keys: 3f7a 91c2 &lt;b&gt;").count(), 3);
    }

    #[test]
    fn an_empty_sheet_is_still_a_page() {
        assert!(html(&sheet(0)).contains("<h1>0 codes"));
    }

    #[test]
    fn refusals() {
        let too_many = write_html(Vec::new(), &sheet(MAX_SLIPS + 1));
        assert!(matches!(too_many, Err(SheetRefusal::TooManySlips { found: 10_001 })));
        let mut long = sheet(1);
        long.slips[0].link = "x".repeat(5_000);
        assert!(matches!(write_html(Vec::new(), &long), Err(SheetRefusal::LinkTooLong { bytes: 5_000 })));
    }

    #[test]
    fn debug_shows_no_code() {
        assert!(!format!("{:?}", sheet(1)).contains("ABCD"));
    }
}
