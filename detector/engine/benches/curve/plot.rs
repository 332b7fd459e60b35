//! The curve as SVG: nanoseconds an attempt over live entities. Black on white, no script, no font of
//! its own, as the other drawings (`load-test/src/evaluate/plot.rs`).

use crate::Point;
use crate::town::MIXES;
use std::fmt::Write;

/// Width and height of the diagram, and the room around it.
const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 300.0;
const MARGIN: f64 = 64.0;
/// The ends of the horizontal axis: ten thousand and a hundred million.
const DECADES: (f64, f64) = (4.0, 8.0);
const COLOURS: [&str; 3] = ["#1f5fa8", "#2e7d32", "#b3261e"];
const LABELS: [(f64, &str); 5] = [
    (4.0, "10,000"),
    (5.0, "100,000"),
    (6.0, "1 million"),
    (7.0, "10 million"),
    (8.0, "100 million"),
];

/// Draws the middle of each mix at each size.
pub fn svg(points: &[Point]) -> String {
    let (width, height) = (WIDTH + 2.0 * MARGIN, HEIGHT + 2.0 * MARGIN);
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
"#
    );
    let highest = points.iter().map(|point| point.ns[1]).max().unwrap_or(1);
    let step = step(highest);
    let top = highest.div_ceil(step) * step;
    axes(&mut svg, top, step);
    for (n, (mix, colour)) in (0_u32..).zip(MIXES.into_iter().zip(COLOURS)) {
        let of_mix: Vec<&Point> = points.iter().filter(|point| point.mix == mix).collect();
        let path: Vec<String> = of_mix
            .iter()
            .map(|point| {
                let (x, y) = at(point, top);
                format!("{x:.1},{y:.1}")
            })
            .collect();
        put(
            &mut svg,
            format_args!(
                r#"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="1.5"/>"#,
                path.join(" ")
            ),
        );
        for point in of_mix {
            let (x, y) = at(point, top);
            let (live, [low, middle, high]) = (point.live, point.ns);
            let title = format!("{live} live entities: {middle} ns, {low} to {high}");
            put(
                &mut svg,
                format_args!(
                    r#"<circle cx="{x:.1}" cy="{y:.1}" r="3.5" fill="{colour}"><title>{title}</title></circle>"#
                ),
            );
        }
        let (x, y) = (MARGIN + 12.0, MARGIN + 18.0 + 16.0 * f64::from(n));
        put(
            &mut svg,
            format_args!(
                r#"<text x="{x}" y="{y}" fill="{colour}">{}</text>"#,
                mix.name()
            ),
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// A round number that cuts the axis into at most ten.
fn step(highest: u64) -> u64 {
    let steps = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000];
    let fits = steps.into_iter().find(|step| highest <= 10 * step);
    fits.unwrap_or(highest)
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn y_of(ns: u64, top: u64) -> f64 {
    MARGIN + HEIGHT * (1.0 - ns as f64 / top as f64)
}

fn x_of(decade: f64) -> f64 {
    let share = (decade - DECADES.0) / (DECADES.1 - DECADES.0);
    MARGIN + WIDTH * share.clamp(0.0, 1.0)
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn at(point: &Point, top: u64) -> (f64, f64) {
    (
        x_of((point.live.max(1) as f64).log10()),
        y_of(point.ns[1], top),
    )
}

fn axes(svg: &mut String, top: u64, step: u64) {
    let (bottom, above) = (MARGIN + HEIGHT, MARGIN - 12.0);
    put(
        svg,
        format_args!(
            r##"<rect x="{MARGIN}" y="{MARGIN}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#444"/>"##
        ),
    );
    put(
        svg,
        format_args!(
            r#"<text x="{MARGIN}" y="{above}">nanoseconds of processor time an attempt, the engine alone, one thread</text>"#
        ),
    );
    let (middle, below) = (MARGIN + WIDTH / 2.0, bottom + 40.0);
    put(
        svg,
        format_args!(r#"<text x="{middle}" y="{below}" text-anchor="middle">live entities</text>"#),
    );
    for (decade, label) in LABELS {
        let (x, line_end, text) = (x_of(decade), bottom + 4.0, bottom + 18.0);
        put(
            svg,
            format_args!(
                r##"<path d="M{x} {bottom}V{line_end}" stroke="#444"/><text x="{x}" y="{text}" text-anchor="middle">{label}</text>"##
            ),
        );
    }
    for ns in (0..=top).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
        let (y, line_end, text) = (y_of(ns, top), MARGIN - 4.0, MARGIN - 8.0);
        put(
            svg,
            format_args!(
                r##"<path d="M{line_end} {y:.1}H{MARGIN}" stroke="#444"/><text x="{text}" y="{y:.1}" dy="4" text-anchor="end">{ns}</text>"##
            ),
        );
    }
}

fn put(svg: &mut String, element: std::fmt::Arguments) {
    writeln!(svg, "{element}").expect("a String takes what is written");
}
