//! What must be true of every page, whatever it says.

use serde_json::Value;

use crate::harness::browser::{Browser, Width};

/// The font that Debian draws where Arial was asked for.
const ARIAL: &str = "Liberation Sans";

/// What stands for all text of a page when its drawn font is looked at.
const TEXTS: [&str; 4] = ["h1", "main p", "main a", "main button"];

/// Elements that show text of their own in another font than Arial.
const OTHER_FONTS: &str = "
    const shown = [...document.querySelectorAll('body *')].filter(one => one.checkVisibility()
        && [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim()));
    return [...new Set(shown.filter(one => !getComputedStyle(one).fontFamily.toLowerCase().startsWith('arial'))
        .map(one => `${one.localName}.${one.className}: ${getComputedStyle(one).fontFamily}`))];";

/// What sticks out on the right, for whoever has to find it.
const STICKS_OUT: &str = "
    const page = document.scrollingElement;
    if (page.scrollWidth <= page.clientWidth) return [];
    const out = [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > page.clientWidth + 1);
    return [`${page.scrollWidth} of ${page.clientWidth} pixels`, ...out.slice(0, 3).map(one => `${one.localName}.${one.className}`)];";

/// Where a page shows two of something that there may be one of, or none of what there must be.
const STRUCTURE: &str = "
    const faults = [];
    const ids = [...document.querySelectorAll('[id]')].map(one => one.id);
    for (const id of new Set(ids)) if (ids.filter(other => other === id).length > 1) faults.push(`two of #${id}`);
    if (document.querySelectorAll('h1').length !== 1) faults.push(`${document.querySelectorAll('h1').length} h1`);
    if (document.querySelectorAll('main').length !== 1) faults.push('not one main');
    for (const link of document.querySelectorAll('a[href^=\"#\"]'))
        if (!document.getElementById(link.hash.slice(1))) faults.push(`${link.hash} leads nowhere`);
    if (!document.title.trim()) faults.push('no title');
    if (/\\{\\{|\\}\\}|undefined|\\bNaN\\b|\\bnull\\b/.test(document.body.innerText)) faults.push('words of a program');
    return faults;";

/// What the browser says when it has done as a page told it (Clear Site Data, W3C).
const FORGOT: &str = "Clear-Site-Data header on";

/// Which fonts are ours to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fonts {
    /// Every text of the page.
    All,
    /// Not those of Swagger UI.
    HeadingOnly,
}

/// Looks at the page that is shown, at these widths. Gives what is wrong with it; with `CANDOUR_SCREENSHOTS` keeps pictures.
pub async fn faults(browser: &mut Browser, name: &str, widths: &[Width], fonts: Fonts) -> Vec<String> {
    let mut faults = requests(browser).await;
    faults.extend(complaints(browser).await);
    faults.extend(list(&browser.evaluate(STRUCTURE).await));
    faults.extend(wrong_fonts(browser, fonts).await);
    for &width in widths {
        browser.show_at(width).await;
        let sticking = list(&browser.evaluate(STICKS_OUT).await);
        faults.extend(sticking.iter().map(|out| format!("{width:?}: scrolls sideways: {out}")));
        faults.extend(browser.axe().await.iter().map(|violation| format!("{width:?}: {violation}")));
        browser.screenshot(name).await;
    }
    faults.into_iter().map(|fault| format!("{name}: {fault}")).collect()
}

/// Addresses of other hosts that were asked for.
async fn requests(browser: &Browser) -> Vec<String> {
    let own = browser.value("location.origin").await;
    let own = own.as_str().unwrap_or_default();
    let foreign =
        |url: &&str| !url.starts_with(own) && !url.starts_with("data:") && !url.starts_with("chrome");
    let network = browser.network().await;
    let asked = network.iter().filter(|(method, _)| method == "Network.requestWillBeSent");
    let urls = asked.filter_map(|(_, event)| event["request"]["url"].as_str());
    urls.filter(foreign).map(|url| format!("asked {url}")).collect()
}

/// What the browser complained about, but for the status of the page itself: error pages are pages, too. That it forgot what it was told to
/// forget is no complaint.
async fn complaints(browser: &Browser) -> Vec<String> {
    let page = browser.value("location.href.split('#')[0]").await;
    let status = format!("{} - Failed to load resource", page.as_str().unwrap_or_default());
    let complaints = browser.complaints().await;
    let told = |complaint: &String| complaint.starts_with("INFO:") && complaint.contains(FORGOT);
    complaints.into_iter().filter(|complaint| !complaint.contains(&status) && !told(complaint)).collect()
}

async fn wrong_fonts(browser: &Browser, fonts: Fonts) -> Vec<String> {
    let mut wrong = match fonts {
        Fonts::All => list(&browser.evaluate(OTHER_FONTS).await),
        Fonts::HeadingOnly => Vec::new(),
    };
    let looked_at = if fonts == Fonts::All { &TEXTS[..] } else { &TEXTS[..1] };
    for css in looked_at {
        if !browser.text_of(css).await.trim().is_empty() {
            let drawn = browser.drawn_fonts(css).await;
            if drawn.iter().any(|font| font != ARIAL) {
                wrong.push(format!("{css} is drawn in {drawn:?}"));
            }
        }
    }
    wrong
}

fn list(value: &Value) -> Vec<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
