//! A slip as a page that any browser prints: complete, of its paper's size, without script and without links.

use super::document::{Block, Document, MOTTO, STATE, Signature};
use super::forms::Column;
use crate::text;

const STYLE: &str = "
* { box-sizing: border-box; }
body { margin: 0 auto; color: #000; background: #fff;
  font: 11pt/1.3 \"Times New Roman\", \"Liberation Serif\", \"Tinos\", \"DejaVu Serif\", serif; }
.a5 { font-size: 9.5pt; }
@media screen { body { padding: 12mm; max-width: 210mm; } .wide { max-width: 297mm; } }
.form { text-align: right; font-style: italic; font-size: 0.8em; margin: 0 0 1mm; }
header { display: table; width: 100%; table-layout: fixed; }
header > div { display: table-cell; width: 44%; text-align: center; vertical-align: top; }
header > div + div { width: 56%; }
header p { margin: 0; overflow-wrap: anywhere; }
.upper { text-transform: uppercase; }
.agency, .state, .motto { font-weight: bold; }
.state { font-size: 0.88em; white-space: nowrap; }
.agency::after, .motto::after { content: \"\"; display: block; width: 40%; margin: 0.6mm auto 1mm;
  border-top: 0.3mm solid #000; }
.motto::after { width: 60%; }
.date { font-style: italic; }
h1 { margin: 4mm 0 3mm; font-size: 1.2em; line-height: 1.25; text-align: center; text-transform: uppercase; }
p, dl, ol { margin: 1.2mm 0; overflow-wrap: anywhere; }
.text { text-align: justify; }
dl div { margin: 0.6mm 0; }
dt, dd { display: inline; margin: 0; }
dt::after { content: \": \"; }
dd { font-weight: bold; }
ol { padding-left: 8mm; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; margin: 2mm 0; font-size: 0.9em; }
th, td { border: 0.25mm solid #000; padding: 0.8mm 1.2mm; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
th { text-align: center; vertical-align: middle; overflow-wrap: normal; }
td.right { text-align: right; }
thead { display: table-header-group; }
tr, footer { break-inside: avoid; }
footer { display: table; width: 100%; table-layout: fixed; margin-top: 3mm; }
footer > div { display: table-cell; padding: 0 2mm; text-align: center; vertical-align: top; }
footer p { margin: 0; }
.sign { font-weight: bold; }
.note { font-style: italic; font-size: 0.9em; }
.name { margin-top: 14mm; font-weight: bold; }
.a5 .name { margin-top: 9mm; }
";

/// Text as it may stand anywhere in a page; its lines stay lines.
fn escaped(text: &str) -> String {
    text.split('\n').map(text::escaped).collect::<Vec<_>>().join("<br>")
}

fn paragraph(class: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<p class=\"{class}\">{}</p>\n", escaped(text)) }
}

pub(super) fn render(document: &Document) -> String {
    let title = escaped(&document.title);
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>\n@page {{ size: {}; margin: 11mm; }}{STYLE}</style>\n</head>\n<body class=\"{}\">\n",
        document.page.css(),
        document.page.class()
    );
    html += &paragraph("form", &document.form);
    html += "<header>\n<div>\n";
    html += &paragraph("upper", document.above.as_deref().unwrap_or_default());
    html += &paragraph("upper agency", &document.agency);
    html += &paragraph("reference", &document.reference);
    html += "</div>\n<div>\n";
    html += &paragraph("upper state", STATE);
    html += &paragraph("motto", MOTTO);
    html += &paragraph("date", &document.date);
    html += &format!("</div>\n</header>\n<main>\n<h1>{title}</h1>\n");
    let mut fields = false;
    for block in &document.blocks {
        let is_field = matches!(block, Block::Field { .. });
        if is_field != fields {
            html += if is_field { "<dl>\n" } else { "</dl>\n" };
            fields = is_field;
        }
        html += &self::block(block);
    }
    html += if fields { "</dl>\n</main>\n" } else { "</main>\n" };
    html += &signatures(&document.signatures);
    html += "</body>\n</html>\n";
    html
}

fn block(block: &Block) -> String {
    match block {
        Block::Field { label, text } => {
            format!("<div><dt>{}</dt><dd>{}</dd></div>\n", escaped(label), escaped(text))
        }
        Block::Text(text) => paragraph("text", text),
        Block::List(items) => {
            let items: String = items.iter().map(|item| format!("<li>{}</li>\n", escaped(item))).collect();
            format!("<ol>\n{items}</ol>\n")
        }
        Block::Table { columns, rows, .. } => table(columns, rows),
    }
}

fn table(columns: &[Column], rows: &[Vec<String>]) -> String {
    let all = columns.iter().map(|column| column.width).sum::<u32>().max(1);
    let share = |column: &Column| f64::from(column.width) * 100.0 / f64::from(all);
    let widths: String =
        columns.iter().map(|column| format!("<col style=\"width: {:.1}%\">", share(column))).collect();
    let heads: String =
        columns.iter().map(|column| format!("<th scope=\"col\">{}</th>", escaped(&column.head))).collect();
    let cell = |(column, cell): (&Column, &String)| {
        format!("<td{}>{}</td>", if column.right { " class=\"right\"" } else { "" }, escaped(cell))
    };
    let row = |row: &Vec<String>| {
        let cells: String = columns.iter().zip(row).map(cell).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let rows: String = rows.iter().map(row).collect();
    format!(
        "<table>\n<colgroup>{widths}</colgroup>\n<thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
    )
}

fn signatures(signatures: &[Signature]) -> String {
    if signatures.is_empty() {
        return String::new();
    }
    let one = |signature: &Signature| {
        let (title, note) = (paragraph("upper sign", signature.title), paragraph("note", signature.note));
        format!("<div>\n{title}{note}{}</div>\n", paragraph("name", &signature.name))
    };
    let all: String = signatures.iter().map(one).collect();
    format!("<footer>\n{all}</footer>\n")
}
