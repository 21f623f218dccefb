//! Login details on paper: a CSV file for mail merges, and a page of letters to print. Written a letter at a time, because an
//! organisation may have tens of thousands of people.
//!
//! Both hold live login details: whoever reads them can come in as somebody else. They are made once, when the details are issued, and
//! kept by nobody. A letter names nothing of a person but the address that it is for.

use std::io::{self, Write};

use crate::code_sheet::{PAGE_START, SheetRefusal, escaped, qr_svg};
use crate::spreadsheet::guarded;

/// What all letters say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterHead {
    /// Who holds the conversation.
    pub tenant_name: String,
    /// What the conversation is called.
    pub campaign_title: String,
    /// Whom the people work or volunteer for.
    pub organisation_name: String,
    /// When it opens, in words.
    pub opens: String,
    /// When it closes, in words.
    pub closes: String,
    /// Where login details are typed in, as people would type it.
    pub entry_address: String,
    /// The head of the public key log as it is printed.
    pub key_log_head: String,
    /// Who helps: independent of the employer.
    pub support_name: String,
    /// Where to write to them.
    pub support_address: String,
}

/// One person's login details.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Whom it is for.
    pub email: String,
    /// The code in its groups.
    pub code: String,
    /// The address that shows a button for this code; the QR code holds it.
    pub link: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter(secret)")
    }
}

/// The CSV file: the columns `email`, `code` and `link`.
pub struct LetterList<W: Write>(csv::Writer<W>);

impl<W: Write> LetterList<W> {
    /// Begins the list.
    ///
    /// # Errors
    /// [`SheetRefusal::Write`] when `writer` fails.
    pub fn begin(writer: W) -> Result<Self, SheetRefusal> {
        let mut csv = csv::Writer::from_writer(writer);
        csv.write_record(["email", "code", "link"]).map_err(io::Error::from)?;
        Ok(Self(csv))
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Likewise.
    pub fn add(&mut self, letter: &Letter) -> Result<(), SheetRefusal> {
        let row = [&letter.email, &letter.code, &letter.link].map(|cell| guarded(cell));
        Ok(self.0.write_record(row.iter().map(|cell| &**cell)).map_err(io::Error::from)?)
    }

    /// Ends the list.
    ///
    /// # Errors
    /// Likewise.
    pub fn finish(mut self) -> Result<(), SheetRefusal> {
        Ok(self.0.flush()?)
    }
}

/// The page of letters, which needs nothing else: A4, two letters a page, to cut in the middle; black on white.
pub struct Letters<W: Write> {
    writer: W,
    head: LetterHead,
}

impl<W: Write> Letters<W> {
    /// Begins the page.
    ///
    /// # Errors
    /// A [`SheetRefusal`]; what was written until then is of no use.
    pub fn begin(mut writer: W, head: &LetterHead) -> Result<Self, SheetRefusal> {
        let head = LetterHead {
            tenant_name: escaped(&head.tenant_name),
            campaign_title: escaped(&head.campaign_title),
            organisation_name: escaped(&head.organisation_name),
            opens: escaped(&head.opens),
            closes: escaped(&head.closes),
            entry_address: escaped(&head.entry_address),
            key_log_head: escaped(&head.key_log_head),
            support_name: escaped(&head.support_name),
            support_address: escaped(&head.support_address),
        };
        write!(writer, "{PAGE_START}<title>Login details: {}</title>{PAGE_STYLE}", head.campaign_title)?;
        writeln!(
            writer,
            "<header><h1>Login details for “{}”</h1><p>Print on A4 and cut in the middle. Each letter is for one person, so \
             put each into an envelope of its own, keep this page safe, and delete it once it is printed.</p></header>",
            head.campaign_title
        )?;
        Ok(Self { writer, head })
    }

    /// Adds a letter.
    ///
    /// # Errors
    /// Likewise.
    pub fn add(&mut self, letter: &Letter) -> Result<(), SheetRefusal> {
        let (qr, code, email) = (qr_svg(&letter.link)?, escaped(&letter.code), escaped(&letter.email));
        let LetterHead { tenant_name, campaign_title, organisation_name, opens, closes, .. } = &self.head;
        let LetterHead { entry_address, key_log_head, support_name, support_address, .. } = &self.head;
        writeln!(
            self.writer,
            "<article><p class=\"to\">{email}</p><h2>{campaign_title}</h2><p>{organisation_name} invites you. Say what is wrong at \
             work and what would make it better. Your name is not attached to anything you write.</p><p>Opens {opens}.<br>Closes \
             {closes}.</p><div class=\"middle\">{qr}<div><p>Scan the square with your phone and press the button. Or go to \
             <b>{entry_address}</b> and type:</p><p class=\"code\">{code}</p></div></div><p>These details are only for you, and \
             they work once. Do not pass them on.</p><p class=\"small\">Stuck? Ask {support_name}, who are independent of your \
             employer: {support_address}</p><p class=\"small\">If you want to check our keys: {key_log_head}</p><p \
             class=\"small\">{tenant_name}</p></article>"
        )?;
        Ok(())
    }

    /// Ends the page.
    ///
    /// # Errors
    /// Likewise.
    pub fn finish(mut self) -> Result<(), SheetRefusal> {
        writeln!(self.writer, "</main></body></html>")?;
        Ok(self.writer.flush()?)
    }
}

const PAGE_STYLE: &str = "<style>
@page { size: A4; margin: 10mm }
* { box-sizing: border-box; margin: 0; padding: 0 }
body { font: 11pt/1.35 arial, sans-serif; color: #000; background: #fff }
main { width: 190mm; margin: 0 auto }
header { padding: 5mm 0 }
h1 { font-size: 13pt; padding-bottom: 1mm }
article { height: 138mm; padding: 8mm; border-bottom: 0.3mm dashed #000; overflow: hidden; break-inside: avoid; overflow-wrap: anywhere }
h2 { font-size: 13pt }
p { padding-bottom: 2.5mm }
.to { font-weight: bold }
.middle { display: flex; align-items: center; gap: 4mm }
.middle svg { width: 36mm; height: 36mm; flex: none }
.code { font: bold 16pt/1.3 'courier new', monospace; white-space: nowrap }
.small { font-size: 9pt; padding-bottom: 1mm }
@media print { header { display: none } }
</style></head><body><main>";

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(email: &str) -> Letter {
        let code = "ABCD-EFGH-JKMN-PQRS";
        let link = format!("https://bsol.example/join/first/login?code={code}");
        Letter { email: email.into(), code: code.into(), link }
    }

    fn html(letters: &[Letter]) -> String {
        let head = LetterHead {
            tenant_name: "Health & <Care>".into(),
            campaign_title: "What's it like here?".into(),
            organisation_name: "=HYPERLINK(\"x\")</p><script>".into(),
            opens: "Monday 3 March 2025 at 9:00am".into(),
            closes: "Sunday 16 March 2025 at midnight".into(),
            entry_address: "bsol.example/join/first/login".into(),
            key_log_head: "3f7a 91c2 08de 55b1".into(),
            support_name: "The independent team".into(),
            support_address: "support@example.org".into(),
        };
        let mut page = Vec::new();
        let mut written = Letters::begin(&mut page, &head).unwrap();
        letters.iter().for_each(|letter| written.add(letter).unwrap());
        written.finish().unwrap();
        String::from_utf8(page).unwrap()
    }

    #[test]
    fn every_letter_has_what_its_reader_needs() {
        let page = html(&[letter("amara@example.org"), letter("ben@example.org")]);
        for told in [
            "ABCD-EFGH-JKMN-PQRS",
            "<svg ",
            "3f7a 91c2 08de 55b1",
            "support@example.org",
            "at midnight",
            "Opens Monday",
        ] {
            assert_eq!(page.matches(told).count(), 2, "{told}");
        }
        for address in ["amara@example.org", "ben@example.org"] {
            assert_eq!(page.matches(address).count(), 1);
        }
    }

    #[test]
    fn the_page_is_self_contained_and_nothing_in_it_runs() {
        let page = html(&[letter("\"<img src=x>\"@example.org")]);
        assert!(page.contains("&lt;img src=x&gt;") && page.contains("&lt;/p&gt;&lt;script&gt;"), "{page}");
        for absent in ["<script", "<img", "<link", "href=", "url(", "@import"] {
            assert!(!page.contains(absent), "{absent}");
        }
    }

    #[test]
    fn the_list_has_a_row_a_letter_and_runs_nothing() {
        let mut file = Vec::new();
        let mut list = LetterList::begin(&mut file).unwrap();
        list.add(&letter("=cmd@example.org")).unwrap();
        list.add(&letter("ben@example.org")).unwrap();
        list.finish().unwrap();
        let text = String::from_utf8(file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "email,code,link");
        assert!(lines[1].starts_with("'=cmd@example.org,ABCD-") && lines[2].starts_with("ben@example.org,"));
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn debug_shows_nobody() {
        assert!(!format!("{:?}", letter("ben@example.org")).contains("ben"));
    }
}
