//! A plot of response times: for each policy the share of calls reached within so many minutes, as SVG.

use std::fmt::Write;

/// Width and height, and the room for axes, pixels.
const SIZE: (f64, f64) = (860.0, 460.0);
const LEFT: f64 = 64.0;
const BELOW: f64 = 56.0;
const ABOVE: f64 = 48.0;

/// Told apart also without colours: the dash differs.
const STROKES: [(&str, &str); 4] = [("#9a3412", "2 4"), ("#0369a1", "7 4"), ("#166534", ""), ("#6b21a8", "10 3 2 3")];

/// Draws one curve for each `(name, sorted response times in seconds)`.
#[must_use]
pub fn svg(title: &str, curves: &[(&str, Vec<f64>)]) -> String {
    let longest = curves.iter().filter_map(|(_, times)| at_share(times, 0.98)).fold(600.0, f64::max);
    let minutes = (longest / 60.0).ceil();
    let x = |secs: f64| LEFT + (SIZE.0 - LEFT - 20.0) * (secs / 60.0 / minutes).min(1.0);
    let y = |share: f64| SIZE.1 - BELOW - (SIZE.1 - BELOW - ABOVE) * share;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"{LEFT}\" y=\"26\" font-size=\"16\" font-weight=\"600\">{}</text>",
        SIZE.0,
        SIZE.1,
        escaped(title)
    );
    for tenth in (0..=10).step_by(2) {
        let share = f64::from(tenth) / 10.0;
        let _ = writeln!(
            out,
            "<path d=\"M{LEFT} {0:.1}H{1:.1}\" stroke=\"#ddd\"/><text x=\"{2:.1}\" y=\"{3:.1}\" text-anchor=\"end\">{4} %</text>",
            y(share),
            SIZE.0 - 20.0,
            LEFT - 8.0,
            y(share) + 4.0,
            tenth * 10
        );
    }
    let step = if minutes > 40.0 {
        10.0
    } else if minutes > 16.0 {
        5.0
    } else {
        2.0
    };
    let mut minute = 0.0;
    while minute <= minutes {
        let at = x(minute * 60.0);
        let _ = writeln!(
            out,
            "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{minute}</text>",
            SIZE.1 - BELOW + 18.0
        );
        minute += step;
    }
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">minutes from the call to the arrival</text>\n\
         <path d=\"M{2:.1} {3:.1}V{4:.1}\" stroke=\"#b91c1c\" stroke-dasharray=\"4 3\"/><text x=\"{5:.1}\" y=\"{6:.1}\" fill=\"#b91c1c\">10 min</text>",
        f64::midpoint(LEFT, SIZE.0),
        SIZE.1 - 16.0,
        x(600.0),
        y(0.0),
        y(1.0),
        x(600.0) + 4.0,
        y(1.0) + 12.0
    );
    for (n, (name, times)) in curves.iter().enumerate() {
        let (colour, dash) = STROKES[n % STROKES.len()];
        let mut path = String::new();
        for percent in 0..=98 {
            if let Some(secs) = at_share(times, f64::from(percent) / 100.0) {
                let _ = write!(
                    path,
                    "{}{:.1} {:.1}",
                    if path.is_empty() { "M" } else { "L" },
                    x(secs),
                    y(f64::from(percent) / 100.0)
                );
            }
        }
        let row = y(0.0) - 14.0 - 20.0 * f64::from(u32::try_from(curves.len() - 1 - n).unwrap_or(0));
        let _ = writeln!(
            out,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>\n\
             <path d=\"M{0:.1} {1:.1}h34\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/><text x=\"{2:.1}\" y=\"{3:.1}\">{4}</text>",
            SIZE.0 - 260.0,
            row - 4.0,
            SIZE.0 - 218.0,
            row,
            escaped(name)
        );
    }
    out.push_str("</svg>\n");
    out
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index")]
fn at_share(sorted: &[f64], share: f64) -> Option<f64> {
    sorted.get(((sorted.len().max(1) - 1) as f64 * share) as usize).copied()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
