//! Drawing an SVG that somebody uploaded. It is looked through before usvg may expand it: references that refer to references
//! would multiply, or never end, and a stack that overflows takes the whole process with it.

use std::collections::HashSet;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, Error as XmlError, Node, ParsingOptions};
use resvg::usvg::{self, Group, ImageHrefResolver, Options, Tree};

use super::{LogoRefusal, MAX_HEIGHT, MAX_WIDTH};

/// Most XML nodes (elements, text, comments).
const MAX_NODES: u32 = 10_000;
/// Most attributes, of all elements together; the XML reader compares those of one element with each other.
const MAX_ATTRIBUTES: usize = 20_000;
/// Deepest nesting of elements.
const MAX_DEPTH: usize = 64;
/// Most `<use>` elements.
const MAX_USES: usize = 50;
/// Longest style sheets together, in bytes; every rule is tried on every element.
const MAX_STYLE_BYTES: usize = 16 << 10;
/// Most shapes and groups that are drawn, with what masks and repeated parts add.
const MAX_DRAWN: usize = 5_000;
/// Most groups that need a canvas of their own: transparent, masked or clipped ones.
const MAX_LAYERS: usize = 500;
/// Most dashes of dashed lines.
const MAX_DASHES: f32 = 100_000.0;

/// Elements that repeat or compute a lot from a few bytes, and that logos can do without.
const REFUSED_ELEMENTS: [(&str, &str); 3] =
    [("filter", "filter effects"), ("marker", "line markers"), ("pattern", "pattern fills")];

/// Draws the SVG as large as [`MAX_WIDTH`] × [`MAX_HEIGHT`] pixels allow.
pub(super) fn drawn(text: &str) -> Result<Pixmap, LogoRefusal> {
    // XML is case-sensitive: no other spelling declares an entity.
    if text.contains("<!ENTITY") {
        return Err(LogoRefusal::Entities);
    }
    if text.bytes().filter(|byte| *byte == b'=').count() > MAX_ATTRIBUTES {
        return Err(LogoRefusal::TooComplex("attributes"));
    }
    let parsing = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, parsing).map_err(|error| match error {
        XmlError::NodesLimitReached => LogoRefusal::TooComplex("elements"),
        other => LogoRefusal::BrokenSvg(other.to_string()),
    })?;
    check_depth(&document)?;
    check_elements(&document)?;
    check_references(&document)?;
    let options = Options { image_href_resolver: no_images(), ..Options::default() };
    let tree =
        Tree::from_xmltree(&document, &options).map_err(|error| LogoRefusal::BrokenSvg(error.to_string()))?;
    Budget { nodes: MAX_DRAWN, layers: MAX_LAYERS, dashes: MAX_DASHES }.spend(tree.root())?;
    rendered(&tree)
}

fn rendered(tree: &Tree) -> Result<Pixmap, LogoRefusal> {
    let size = tree.size();
    let scale = (MAX_WIDTH as f32 / size.width()).min(MAX_HEIGHT as f32 / size.height());
    let side = |length: f32, max: u32| ((length * scale).round() as u32).clamp(1, max);
    let (width, height) = (side(size.width(), MAX_WIDTH), side(size.height(), MAX_HEIGHT));
    let mut drawn = Pixmap::new(width, height).ok_or(LogoRefusal::Blank)?;
    resvg::render(tree, Transform::from_scale(scale, scale), &mut drawn.as_mut());
    Ok(drawn)
}

/// Neither files nor addresses nor pictures inside the file: by default usvg reads any local path.
fn no_images() -> ImageHrefResolver<'static> {
    ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) }
}

fn check_depth(document: &Document) -> Result<(), LogoRefusal> {
    let mut depths: Vec<usize> = Vec::new();
    for node in document.descendants() {
        let depth = node.parent().map_or(0, |parent| depths[parent.id().get_usize()] + 1);
        if depth > MAX_DEPTH {
            return Err(LogoRefusal::TooComplex("elements inside each other"));
        }
        depths.push(depth);
    }
    Ok(())
}

fn check_elements(document: &Document) -> Result<(), LogoRefusal> {
    let (mut uses, mut style_bytes) = (0, 0);
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        if let Some((_, what)) = REFUSED_ELEMENTS.iter().find(|(element, _)| *element == name) {
            return Err(LogoRefusal::UnsupportedSvg(what));
        }
        uses += usize::from(name == "use");
        if name == "style" {
            style_bytes += check_style(node)?;
        }
    }
    match () {
        () if uses > MAX_USES => Err(LogoRefusal::TooComplex("repeated parts")),
        () if style_bytes > MAX_STYLE_BYTES => Err(LogoRefusal::TooComplex("styles")),
        () => Ok(()),
    }
}

/// The length of a style sheet in bytes. One that masks or clips is refused: which element it meets cannot be told here, and
/// [`check_references`] needs to know.
fn check_style(style: Node) -> Result<usize, LogoRefusal> {
    let texts = || style.descendants().filter_map(|node| node.text());
    match texts().any(|css| css.contains('\\') || is_masking(css)) {
        true => Err(LogoRefusal::UnsupportedSvg("masks or clip paths in style sheets (use attributes)")),
        false => Ok(texts().map(str::len).sum()),
    }
}

fn is_masking(css: &str) -> bool {
    css.contains("clip-path") || css.replace("mask-type", "").contains("mask")
}

/// True for an element that draws what stands elsewhere.
fn refers(node: &Node) -> bool {
    node.is_element() && (node.tag_name().name() == "use" || is_masked(node))
}

fn is_masked(node: &Node) -> bool {
    node.attributes().any(|attribute| match attribute.name() {
        "mask" | "clip-path" => true,
        "style" => is_masking(attribute.value()),
        _ => false,
    })
}

/// Refuses references to references: nothing inside a mask or clip path is masked or clipped, and what `<use>` repeats refers to
/// nothing in turn. Then every chain has an end, and no chain multiplies.
fn check_references(document: &Document) -> Result<(), LogoRefusal> {
    let referring = || document.descendants().filter(refers);
    let in_container =
        |node: Node| node.ancestors().any(|above| matches!(above.tag_name().name(), "mask" | "clipPath"));
    if referring().any(|node| is_masked(&node) && in_container(node)) {
        return Err(LogoRefusal::UnsupportedSvg("masks inside masks"));
    }
    let holders: HashSet<&str> =
        referring().flat_map(|node| node.ancestors()).filter_map(|node| node.attribute("id")).collect();
    let repeats_holder = |node: Node| {
        let hrefs = node.attributes().filter(|attribute| attribute.name() == "href");
        hrefs.into_iter().any(|href| holders.contains(href.value().trim().trim_start_matches('#')))
    };
    match referring().any(repeats_holder) {
        true => Err(LogoRefusal::UnsupportedSvg("repeated parts inside repeated parts")),
        false => Ok(()),
    }
}

/// How much may still be drawn.
struct Budget {
    nodes: usize,
    layers: usize,
    dashes: f32,
}

impl Budget {
    fn spend(&mut self, group: &Group) -> Result<(), LogoRefusal> {
        for node in group.children() {
            self.nodes = self.nodes.checked_sub(1).ok_or(LogoRefusal::TooComplex("shapes"))?;
            match node {
                usvg::Node::Group(inner) => {
                    self.spend_layer(inner)?;
                    self.spend(inner)?;
                }
                usvg::Node::Path(path) => self.spend_dashes(path)?,
                usvg::Node::Image(_) | usvg::Node::Text(_) => {}
            }
            let mut outcome = Ok(());
            node.subroots(|root| outcome = outcome.clone().and_then(|()| self.spend(root)));
            outcome?;
        }
        Ok(())
    }

    fn spend_layer(&mut self, group: &Group) -> Result<(), LogoRefusal> {
        if !group.filters().is_empty() {
            return Err(LogoRefusal::UnsupportedSvg("filter effects"));
        }
        let layers = usize::from(group.should_isolate());
        self.layers = self
            .layers
            .checked_sub(layers)
            .ok_or(LogoRefusal::TooComplex("transparent or clipped groups"))?;
        Ok(())
    }

    /// No piece of a path is longer than three times its bounds' diagonal: a curve lies within its control points.
    fn spend_dashes(&mut self, path: &usvg::Path) -> Result<(), LogoRefusal> {
        let Some(dashes) = path.stroke().and_then(|stroke| stroke.dasharray()) else { return Ok(()) };
        let bounds = path.data().bounds();
        let longest = path.data().verbs().len() as f32 * 3.0 * bounds.width().hypot(bounds.height());
        self.dashes -= longest / dashes.iter().sum::<f32>() * dashes.len() as f32;
        // Written so that what is not a number is refused, too.
        match self.dashes >= 0.0 {
            true => Ok(()),
            false => Err(LogoRefusal::TooComplex("dashes")),
        }
    }
}
