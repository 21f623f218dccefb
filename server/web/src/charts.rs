//! Charts, drawn on the server as SVG. They carry no numbers of their own: axis labels, legends and the table beside each are HTML, so that
//! they stay readable at every width, on paper and in forced colours. What they look like is the stylesheet's (`_figures.scss`).

use std::fmt::Write;

/// Width and height of a chart's own units; the page stretches it, lines keep their width.
const WIDTH: i64 = 1_000;
const HEIGHT: i64 = 300;
/// How many steps the upright axis has at most.
const STEPS: i64 = 5;

/// A line chart with the labels of its upright axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineChart {
    /// The picture.
    pub svg: String,
    /// The axis' labels, from the top down; the last is 0.
    pub ticks: Vec<i64>,
}

/// Draws one line for each of `lines`: the value before the first day, then at the end of each day. The lines differ in colour and in dashes,
/// by their place. What is 0 is too few to show, so a line begins with its first figure. `title` and `description` are what somebody hears who does not see it; `id` sets it apart from other charts of the page.
pub fn line_chart(id: &str, title: &str, description: &str, lines: &[Vec<i64>]) -> LineChart {
    let most = lines.iter().flatten().copied().max().unwrap_or_default();
    let step = step_for(most);
    let top = ((most + step - 1) / step).max(1) * step;
    let mut svg = format!(
        "<svg class=\"candour-chart__picture\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-description\"><title id=\"{id}-title\">{}</title><desc id=\"{id}-description\">{}</desc>",
        escaped(title),
        escaped(description)
    );
    let ticks: Vec<i64> = (0..=top / step).rev().map(|number| number * step).collect();
    for tick in &ticks {
        let y = HEIGHT - tick * HEIGHT / top;
        let _ = write!(svg, "<path class=\"candour-chart__grid\" d=\"M0 {y}H{WIDTH}\"/>");
    }
    for (place, values) in lines.iter().enumerate() {
        let last = values.len().saturating_sub(1).max(1).cast_signed() as i64;
        let points: Vec<(i64, i64)> = (0..)
            .zip(values)
            .filter(|(_, value)| **value > 0)
            .map(|(number, value)| (number * WIDTH / last, HEIGHT - value * HEIGHT / top))
            .collect();
        // A line of one point is a dot: its ends are round.
        let dot = if points.len() == 1 { "h0" } else { "" };
        let path: String = points.iter().fold(String::new(), |mut path, (x, y)| {
            let _ = write!(path, "{}{x} {y}", if path.is_empty() { "M" } else { "L" });
            path
        });
        let _ =
            write!(svg, "<path class=\"candour-chart__line candour-line-{}\" d=\"{path}{dot}\"/>", place + 1);
    }
    svg.push_str("</svg>");
    LineChart { svg, ticks }
}

/// A bar of `value` on a track that is `most` long. It says nothing that the number beside it does not say, so nobody hears it.
pub fn bar(value: i64, most: i64) -> String {
    let width = if most > 0 { value.clamp(0, most) * WIDTH / most } else { 0 };
    format!(
        "<svg class=\"candour-bar\" viewBox=\"0 0 {WIDTH} 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">\
         <rect class=\"candour-bar__track\" width=\"{WIDTH}\" height=\"10\"/>\
         <rect class=\"candour-bar__fill\" width=\"{width}\" height=\"10\"/></svg>"
    )
}

/// A round step (1, 2 or 5 with noughts) of which at most [`STEPS`] reach `most`.
fn step_for(most: i64) -> i64 {
    let mut scale = 1;
    loop {
        for step in [scale, 2 * scale, 5 * scale] {
            if step * STEPS >= most {
                return step;
            }
        }
        scale *= 10;
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_round_and_reach_the_top() {
        for (most, ticks) in [
            (0, vec![1, 0]),
            (10, vec![10, 8, 6, 4, 2, 0]),
            (1_610, vec![2_000, 1_500, 1_000, 500, 0]),
            (24_990, vec![25_000, 20_000, 15_000, 10_000, 5_000, 0]),
        ] {
            assert_eq!(line_chart("c", "", "", &[vec![0, most]]).ticks, ticks);
        }
    }

    #[test]
    fn lines_begin_with_their_first_figure_and_end_at_the_right() {
        let chart = line_chart("days", "By <day>", "10 & more", &[vec![0, 5, 10], vec![0, 0, 5]]);
        assert!(chart.svg.contains("d=\"M500 150L1000 0\""), "{}", chart.svg);
        assert!(chart.svg.contains("candour-line-2\" d=\"M1000 150h0\""), "{}", chart.svg);
        assert!(chart.svg.contains("By &lt;day&gt;") && chart.svg.contains("10 &amp; more"));
        assert!(line_chart("days", "", "", &[vec![7]]).svg.contains("d=\"M0 "));
    }

    #[test]
    fn bars_stay_on_their_track() {
        assert!(bar(50, 200).contains("__fill\" width=\"250\""));
        assert!(bar(300, 200).contains("__fill\" width=\"1000\""));
        assert!(bar(0, 0).contains("__fill\" width=\"0\""));
    }
}
