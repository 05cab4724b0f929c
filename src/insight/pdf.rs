//! Pages of A4 from blocks of text, tables and plots: PDF 1.7 with the two Helveticas every reader has,
//! so that nothing is embedded and nothing is asked of another program. Bytes leave.

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::real;

/// Width and height of A4, points.
const A4: (f32, f32) = (595.0, 842.0);

/// White around the text, points.
const MARGIN: f32 = 48.0;

/// The bold letters are so much wider than the plain ones, roughly.
const BOLD: f32 = 1.08;

/// Height of a row of a table, points.
const ROW: f32 = 15.0;
/// Lines of one name of a column.
const HEAD_LINE: f32 = 10.5;

/// Height of a plot with its title and labels, points.
const PLOT: f32 = 160.0;

/// A part of the document.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// The name of the document.
    Title(String),
    /// The name of a part.
    Heading(String),
    /// A sentence or two.
    Text(String),
    /// Rows under a head; the first column is text and wide, the others stand to the right.
    Table {
        /// Names of the columns.
        head: Vec<String>,
        /// The rows.
        rows: Vec<Vec<String>>,
    },
    /// A bar for each label.
    Bars {
        /// What is drawn.
        title: String,
        /// What the heights count, and what the bars stand for.
        axes: [&'static str; 2],
        /// Under the bars; an empty one is left out.
        labels: Vec<String>,
        /// Their heights; none is no bar.
        values: Vec<Option<f64>>,
    },
}

/// The document: blocks from top to bottom, `foot` on each page with its number.
#[must_use]
pub fn document(title: &str, foot: &str, blocks: &[Block]) -> Vec<u8> {
    let mut pages = Pages::default();
    for block in blocks {
        pages.put(block);
    }
    pages.finish(title, foot)
}

/// Pages under construction.
struct Pages {
    done: Vec<Content>,
    page: Content,
    /// Where the next block begins, points from below.
    y: f32,
}

impl Default for Pages {
    fn default() -> Self {
        Self { done: Vec::new(), page: Content::new(), y: A4.1 - MARGIN }
    }
}

impl Pages {
    /// Begins a page where less than `height` is left.
    fn room(&mut self, height: f32) {
        if self.y - height < MARGIN + 20.0 {
            self.done.push(std::mem::replace(&mut self.page, Content::new()));
            self.y = A4.1 - MARGIN;
        }
    }

    fn put(&mut self, block: &Block) {
        match block {
            Block::Title(text) => self.line(text, 18.0, true, 28.0),
            Block::Heading(text) => {
                // Never alone at the foot of a page.
                self.room(70.0);
                self.y -= 10.0;
                self.line(text, 12.0, true, 18.0);
            }
            Block::Text(text) => {
                for line in wrapped(text, 9.0, A4.0 - 2.0 * MARGIN) {
                    self.line(&line, 9.0, false, 12.0);
                }
                self.y -= 4.0;
            }
            Block::Table { head, rows } => self.table(head, rows),
            Block::Bars { title, axes, labels, values } => self.bars(title, *axes, labels, values),
        }
    }

    fn line(&mut self, text: &str, size: f32, bold: bool, height: f32) {
        self.room(height);
        self.y -= height;
        self.text(text, MARGIN, self.y + 4.0, size, bold);
    }

    fn text(&mut self, text: &str, x: f32, y: f32, size: f32, bold: bool) {
        let font = if bold { Name(b"B") } else { Name(b"R") };
        self.page.begin_text().set_font(font, size).next_line(x, y).show(Str(&latin(text))).end_text();
    }

    fn right(&mut self, text: &str, x: f32, y: f32, size: f32, bold: bool) {
        let broader = if bold { BOLD } else { 1.0 };
        self.text(text, x - width(text, size) * broader, y, size, bold);
    }

    fn rule(&mut self, from: f32, y: f32, grey: f32) {
        self.page.set_stroke_gray(grey).set_line_width(0.5);
        self.page.move_to(from, y).line_to(A4.0 - MARGIN, y).stroke();
    }

    fn table(&mut self, head: &[String], rows: &[Vec<String>]) {
        let numbers = small(head.len().saturating_sub(1)).max(1.0);
        let whole = A4.0 - 2.0 * MARGIN;
        let first = (whole - numbers * 72.0).max(whole * 0.3);
        let column = (whole - first) / numbers;
        self.room(ROW * 4.0);
        self.head(head, first, column);
        for row in rows {
            if self.y - ROW < MARGIN + 20.0 {
                self.room(f32::INFINITY);
                self.head(head, first, column);
            }
            self.row(row, first, column);
        }
        self.y -= 6.0;
    }

    /// Names of columns, in as many lines as the longest needs.
    fn head(&mut self, names: &[String], first: f32, column: f32) {
        let wide = |at: usize| if at == 0 { first - 6.0 } else { column - 4.0 };
        let lines = |(at, name): (usize, &String)| wrapped(name, 9.0 * BOLD, wide(at));
        let cells: Vec<Vec<String>> = names.iter().enumerate().map(lines).collect();
        let most = cells.iter().map(Vec::len).max().unwrap_or(1);
        self.y -= ROW + HEAD_LINE * small(most.saturating_sub(1));
        for (at, lines) in cells.iter().enumerate() {
            for (up, line) in lines.iter().rev().enumerate() {
                let y = self.y + 4.0 + HEAD_LINE * small(up);
                if at == 0 {
                    self.text(line, MARGIN, y, 9.0, true);
                } else {
                    self.right(line, MARGIN + first + column * small(at), y, 9.0, true);
                }
            }
        }
        self.rule(MARGIN, self.y, 0.3);
    }

    fn row(&mut self, cells: &[String], first: f32, column: f32) {
        self.y -= ROW;
        for (at, cell) in cells.iter().enumerate() {
            if at == 0 {
                self.text(&cut(cell, 9.0, first - 6.0), MARGIN, self.y + 4.0, 9.0, false);
            } else {
                let text = cut(cell, 9.0, column - 4.0);
                self.right(&text, MARGIN + first + column * small(at), self.y + 4.0, 9.0, false);
            }
        }
        self.rule(MARGIN, self.y, 0.85);
    }

    fn bars(&mut self, title: &str, [up, across]: [&str; 2], labels: &[String], values: &[Option<f64>]) {
        self.room(PLOT);
        let (top, base) = (self.y - 34.0, self.y - PLOT + 34.0);
        self.text(title, MARGIN, self.y - 12.0, 9.0, true);
        self.text(up, MARGIN, self.y - 23.0, 7.0, false);
        self.right(across, A4.0 - MARGIN, base - 20.0, 7.0, false);
        let most = values.iter().flatten().copied().fold(0.0, f64::max);
        let step = (A4.0 - 2.0 * MARGIN - 24.0) / small(values.len()).max(1.0);
        self.rule(MARGIN + 24.0, base, 0.3);
        if most > 0.0 {
            self.rule(MARGIN + 24.0, top, 0.85);
            self.right(&whole(most), MARGIN + 20.0, top - 3.0, 7.0, false);
        }
        self.right("0", MARGIN + 20.0, base - 3.0, 7.0, false);
        let widest = labels.iter().map(|label| width(label, 7.0)).fold(0.0, f32::max);
        // A label where there is room for it: the first, and each that stands clear of the one before.
        let mut free = 0.0;
        for (at, value) in values.iter().enumerate() {
            let x = MARGIN + 24.0 + step * small(at);
            if let Some(value) = value.filter(|_| most > 0.0) {
                #[expect(clippy::cast_possible_truncation, reason = "a share of one")]
                let height = (value / most) as f32 * (top - base);
                self.page.set_fill_rgb(0.16, 0.32, 0.6);
                self.page.rect(x + step * 0.15, base, step * 0.7, height).fill_nonzero();
                self.page.set_fill_gray(0.0);
            }
            let left = x + (step - widest) / 2.0;
            if let Some(label) = labels.get(at).filter(|label| !label.is_empty() && left >= free) {
                self.text(label, x + (step - width(label, 7.0)) / 2.0, base - 10.0, 7.0, false);
                free = left + widest + 4.0;
            }
        }
        self.y -= PLOT;
    }

    fn finish(mut self, title: &str, foot: &str) -> Vec<u8> {
        self.done.push(std::mem::replace(&mut self.page, Content::new()));
        let pages = std::mem::take(&mut self.done);
        let mut last = 0;
        let mut next = || {
            last += 1;
            Ref::new(last)
        };
        let (catalog, tree, regular, bold, info) = (next(), next(), next(), next(), next());
        let ids: Vec<(Ref, Ref)> = pages.iter().map(|_| (next(), next())).collect();
        let mut pdf = Pdf::new();
        pdf.catalog(catalog).pages(tree).lang(TextStr("id-ID"));
        pdf.document_info(info).title(TextStr(title)).creator(TextStr("Sigap"));
        let count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
        pdf.pages(tree).kids(ids.iter().map(|(page, _)| *page)).count(count);
        for (id, name) in [(regular, &b"Helvetica"[..]), (bold, b"Helvetica-Bold")] {
            pdf.type1_font(id).base_font(Name(name)).encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        for (number, ((page, stream), content)) in ids.iter().zip(pages).enumerate() {
            let mut writer = pdf.page(*page);
            writer.media_box(Rect::new(0.0, 0.0, A4.0, A4.1)).parent(tree).contents(*stream);
            writer.resources().fonts().pair(Name(b"R"), regular).pair(Name(b"B"), bold);
            writer.finish();
            self.page = content;
            self.rule(MARGIN, MARGIN + 8.0, 0.7);
            self.text(foot, MARGIN, MARGIN - 6.0, 7.0, false);
            self.right(&format!("{} / {}", number + 1, ids.len()), A4.0 - MARGIN, MARGIN - 6.0, 7.0, false);
            let content = std::mem::replace(&mut self.page, Content::new());
            pdf.stream(*stream, &content.finish());
        }
        pdf.finish()
    }
}

#[expect(clippy::cast_precision_loss, reason = "columns, rows and bars of a page")]
const fn small(count: usize) -> f32 {
    count as f32
}

/// A whole number with the Indonesian sign for thousands.
fn whole(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// Text in the one-byte letters of Windows; what it has not becomes a question mark.
fn latin(text: &str) -> Vec<u8> {
    let letter = |c: char| match c {
        '–' => 0x96,
        '—' => 0x97,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '•' => 0x95,
        '…' => 0x85,
        ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(c)).unwrap_or(b'?'),
        _ => b'?',
    };
    text.chars().map(letter).collect()
}

/// Width of a letter of Helvetica in thousandths of its size (Adobe core font metrics); rounded to a
/// few groups, exact for digits and what stands between them.
fn advance(c: char) -> f32 {
    match c {
        'i' | 'j' | 'l' | '\'' => 222.0,
        ' ' | '.' | ',' | ':' | ';' | '/' | 'I' | 't' | 'f' | '!' => 278.0,
        'r' | '-' | '(' | ')' => 333.0,
        'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | 'J' => 500.0,
        'm' | 'M' => 833.0,
        '%' => 889.0,
        'w' | 'C' | 'D' | 'H' | 'N' | 'R' | 'U' => 722.0,
        'A' | 'B' | 'E' | 'K' | 'P' | 'S' | 'V' | 'X' | 'Y' => 667.0,
        'G' | 'O' | 'Q' => 778.0,
        'W' => 944.0,
        'F' | 'T' | 'Z' => 611.0,
        _ => 556.0,
    }
}

/// Width of a text, points.
fn width(text: &str, size: f32) -> f32 {
    text.chars().map(advance).sum::<f32>() * size / 1000.0
}

/// As much of a text as fits, with dots where something is missing.
fn cut(text: &str, size: f32, most: f32) -> String {
    if width(text, size) <= most {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        if width(&out, size) + (advance(c) + 1000.0) * size / 1000.0 > most {
            break;
        }
        out.push(c);
    }
    format!("{}…", out.trim_end())
}

/// A text in lines no longer than `most` points.
fn wrapped(text: &str, size: f32, most: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(word, size) + size * 0.278 <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A count as a height.
#[must_use]
pub const fn height(count: usize) -> Option<f64> {
    Some(real(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(pdf: &[u8]) -> String {
        pdf.iter().map(|byte| char::from(*byte)).collect()
    }

    #[test]
    fn a_long_table_goes_over_several_pages_with_its_head_on_each() {
        let rows: Vec<Vec<String>> = (0..120).map(|n| vec![format!("Baris {n}"), n.to_string()]).collect();
        let blocks = [
            Block::Title("Evaluasi".to_owned()),
            Block::Table { head: vec!["Nama".to_owned(), "Jumlah".to_owned()], rows },
            Block::Table { head: vec!["Regu".to_owned(), "Terbanyak tiap satu jam".to_owned()], rows: Vec::new() },
            Block::Bars {
                title: "Per hari".to_owned(),
                axes: ["laporan", "tanggal"],
                labels: vec!["1".to_owned(), String::new()],
                values: vec![Some(3.0), None],
            },
        ];
        let pdf = text_of(&document("Evaluasi", "Polrestabes Contoh", &blocks));
        assert!(pdf.starts_with("%PDF-1.7") && pdf.trim_end().ends_with("%%EOF"));
        assert!(pdf.contains("/Count 3") || pdf.contains("/Count 4"), "three or four pages");
        assert!(pdf.matches("(Nama) Tj").count() >= 3);
        assert_eq!(pdf.matches("(Baris ").count(), 120);
        assert!(
            pdf.contains("(Terbanyak tiap) Tj") && pdf.contains("(satu jam) Tj"),
            "a long name of a column is whole"
        );
        assert!(pdf.contains("(laporan) Tj") && pdf.contains("(tanggal) Tj"), "both axes have a name");
        assert!(pdf.contains("(1 / ") && pdf.contains("(Polrestabes Contoh) Tj"));
        assert_eq!(document("Evaluasi", "x", &blocks), document("Evaluasi", "x", &blocks), "the same bytes twice");
    }

    #[test]
    fn letters_helvetica_has_not_do_no_harm() {
        assert_eq!(latin("8–10 é 警"), [b"8".as_slice(), &[0x96], b"10 ", &[0xe9], b" ?"].concat());
        assert_eq!(text_of(&document("t", "f", &[Block::Text("(a\\b) 警".to_owned())])).matches("Tj").count(), 3);
        assert_eq!([0.0, 999.0, 1000.0, 1_234_567.0].map(whole), ["0", "999", "1.000", "1.234.567"]);
    }

    #[test]
    fn what_is_too_wide_is_cut_or_wrapped() {
        let long = "Gangguan ketertiban umum di sekitar pasar dan terminal";
        assert!(width(&cut(long, 9.0, 80.0), 9.0) <= 80.0 && cut(long, 9.0, 80.0).ends_with('…'));
        assert!(wrapped(long, 9.0, 100.0).iter().all(|line| width(line, 9.0) <= 100.0));
        assert_eq!(wrapped(long, 9.0, 100.0).join(" "), long);
    }
}
