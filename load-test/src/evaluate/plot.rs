//! Two diagrams in one SVG: what is caught at which share of people challenged, and whether the
//! scores are probabilities. Black on white, no script, no font of its own.

use super::{Evaluation, SHARES, Side};
use crate::report::share;
use std::fmt::Write;

/// Width and height of a diagram, and the room around it.
const SIZE: f64 = 360.0;
const MARGIN: f64 = 56.0;
/// The ends of the first diagram's horizontal axis: people challenged from 0.001 % to 10 %.
const DECADES: (f64, f64) = (-5.0, -1.0);

/// Draws both diagrams.
pub(super) fn svg(found: &Evaluation) -> String {
    let (width, height) = (2.0 * SIZE + 3.5 * MARGIN, SIZE + 2.0 * MARGIN);
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
"#
    );
    let curve = Diagram { left: MARGIN };
    curve.axes(&mut svg, "people challenged", "attack attempts caught");
    draw_curve(&mut svg, curve, found);
    let reliability = Diagram {
        left: SIZE + 2.5 * MARGIN,
    };
    reliability.axes(&mut svg, "score", "share of attacks");
    draw_reliability(&mut svg, reliability, found);
    svg.push_str("</svg>\n");
    svg
}

fn draw_curve(svg: &mut String, diagram: Diagram, found: &Evaluation) {
    for (decade, label) in [
        (-5.0, "0.001 %"),
        (-4.0, "0.01 %"),
        (-3.0, "0.1 %"),
        (-2.0, "1 %"),
        (-1.0, "10 %"),
    ] {
        diagram.tick_x(svg, position(decade), label);
    }
    let mut line = Vec::new();
    let mut caught = 0.0;
    for point in found.scores.curve() {
        let x = x_of(point.people_challenged);
        line.extend([(x, caught), (x, point.caught)]);
        caught = point.caught;
        if x >= 1.0 {
            break;
        }
    }
    diagram.line(svg, &line, "#1f5fa8", "");
    for share in SHARES {
        let point = found.scores.at(share);
        let what = format!(
            "at {} % of people: {:.2} % caught, from a score of {:.4}",
            share * 100.0,
            point.caught * 100.0,
            point.threshold
        );
        diagram.dot(svg, (x_of(share), point.caught), "#1f5fa8", &what);
    }
    let decided = found.total(Side::Attack).at_once.share_caught();
    let hit = found.total(Side::People).at_once.share_caught();
    let what = format!(
        "as decided: {:.3} % of people, {:.2} % caught",
        hit * 100.0,
        decided * 100.0
    );
    diagram.dot(svg, (x_of(hit), decided), "#b3261e", &what);
}

fn draw_reliability(svg: &mut String, diagram: Diagram, found: &Evaluation) {
    for tenths in (0..=10).step_by(2) {
        let at = share(tenths, 10);
        diagram.tick_x(svg, at, &format!("{at}"));
    }
    diagram.line(svg, &[(0.0, 0.0), (1.0, 1.0)], "#999", "4 4");
    let bins = found.scores.reliability();
    let bins: Vec<_> = bins.iter().filter(|bin| bin.verdicts > 0).collect();
    let line: Vec<(f64, f64)> = bins.iter().map(|bin| (bin.mean_score, bin.share)).collect();
    diagram.line(svg, &line, "#1f5fa8", "");
    for bin in bins {
        let what = format!(
            "{} to {}: {} verdicts, {:.1} % attacks",
            bin.from,
            bin.to,
            bin.verdicts,
            bin.share * 100.0
        );
        diagram.dot(svg, (bin.mean_score, bin.share), "#1f5fa8", &what);
    }
}

/// Where a share of people stands on the logarithmic axis, from 0 to 1.
fn x_of(people: f64) -> f64 {
    position(people.max(1e-12).log10())
}

fn position(decade: f64) -> f64 {
    ((decade - DECADES.0) / (DECADES.1 - DECADES.0)).clamp(0.0, 1.0)
}

/// A square whose lower left corner is (0, 0) and whose upper right one is (1, 1).
#[derive(Clone, Copy)]
struct Diagram {
    left: f64,
}

impl Diagram {
    fn at(self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.left + x * SIZE, MARGIN + (1.0 - y) * SIZE)
    }

    fn axes(self, svg: &mut String, x: &str, y: &str) {
        let (left, bottom) = self.at((0.0, 0.0));
        put(
            svg,
            format_args!(
                r##"<rect x="{left}" y="{MARGIN}" width="{SIZE}" height="{SIZE}" fill="none" stroke="#444"/>"##
            ),
        );
        let (middle, below) = (left + SIZE / 2.0, bottom + 40.0);
        put(
            svg,
            format_args!(r#"<text x="{middle}" y="{below}" text-anchor="middle">{x}</text>"#),
        );
        let above = MARGIN - 12.0;
        put(
            svg,
            format_args!(r#"<text x="{left}" y="{above}">{y}</text>"#),
        );
        for tenths in (0..=10).step_by(2) {
            let (x, y) = self.at((0.0, share(tenths, 10)));
            let (line_end, text) = (x - 4.0, x - 8.0);
            let percent = tenths * 10;
            put(
                svg,
                format_args!(
                    r##"<path d="M{line_end} {y}H{x}" stroke="#444"/><text x="{text}" y="{y}" dy="4" text-anchor="end">{percent} %</text>"##
                ),
            );
        }
    }

    fn tick_x(self, svg: &mut String, at: f64, label: &str) {
        let (x, y) = self.at((at, 0.0));
        let (line_end, text) = (y + 4.0, y + 18.0);
        put(
            svg,
            format_args!(
                r##"<path d="M{x} {y}V{line_end}" stroke="#444"/><text x="{x}" y="{text}" text-anchor="middle">{label}</text>"##
            ),
        );
    }

    fn line(self, svg: &mut String, points: &[(f64, f64)], colour: &str, dashes: &str) {
        let mut path = String::new();
        let mut last = String::new();
        for point in points {
            let (x, y) = self.at(*point);
            let here = format!("{x:.1},{y:.1}");
            if here != last {
                path.push_str(&here);
                path.push(' ');
                last = here;
            }
        }
        let path = path.trim_end();
        put(
            svg,
            format_args!(
                r#"<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5" stroke-dasharray="{dashes}"/>"#
            ),
        );
    }

    fn dot(self, svg: &mut String, point: (f64, f64), colour: &str, what: &str) {
        let (x, y) = self.at(point);
        put(
            svg,
            format_args!(
                r#"<circle cx="{x:.1}" cy="{y:.1}" r="3.5" fill="{colour}"><title>{what}</title></circle>"#
            ),
        );
    }
}

fn put(svg: &mut String, element: std::fmt::Arguments) {
    writeln!(svg, "{element}").expect("a String takes what is written");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Scores;
    use credsieve_models::Score;

    #[test]
    fn the_drawing_has_both_diagrams_and_its_numbers_as_titles() {
        let mut scores = Scores::default();
        for score in [2_000, 9_000, 10_000] {
            scores.count(true, Score(score));
            scores.count(false, Score(score / 10));
        }
        let found = Evaluation {
            scores,
            ..Evaluation::default()
        };
        let svg = svg(&found);
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        assert!(svg.contains("at 0.1 % of people: 100.00 % caught"), "{svg}");
        assert!(
            svg.contains("0.9 to 0.95: 1 verdicts, 100.0 % attacks"),
            "{svg}"
        );
        assert_eq!(svg.matches("<polyline").count(), 3);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }

    #[test]
    fn shares_stand_on_a_logarithmic_axis() {
        assert!((x_of(0.001) - 0.5).abs() < 1e-9);
        assert!(x_of(0.0).abs() < 1e-9 && (x_of(1.0) - 1.0).abs() < 1e-9);
    }
}
