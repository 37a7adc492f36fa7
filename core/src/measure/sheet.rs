//! Tables to be read by people and other programs.

use std::fmt;

/// A column of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What stands above it.
    pub name: String,
    /// Whether its cells are numbers, which stand to the right.
    pub is_number: bool,
}

/// A table of texts: as Markdown by `Display`, as HTML, as CSV.
///
/// ```
/// use motcua::measure::{Head, Sheet};
/// let sheet = Sheet {
///     title: "Dossiers".into(),
///     head: vec![Head::text("Unit"), Head::number("Received")],
///     rows: vec![vec!["xã Hoa Thành".into(), "12".into()]],
///     notes: Vec::new(),
/// };
/// assert!(sheet.to_string().contains("| xã Hoa Thành |       12 |"));
/// assert!(sheet.html().contains("<td class=\"number\">12</td>"));
/// assert_eq!(sheet.csv(), "Unit,Received\nxã Hoa Thành,12\n");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// What it is of.
    pub title: String,
    /// The columns.
    pub head: Vec<Head>,
    /// The rows, each with a cell for each column.
    pub rows: Vec<Vec<String>>,
    /// What has to be known to read it: definitions, sources.
    pub notes: Vec<String>,
}

impl Head {
    /// A column of words.
    #[must_use]
    pub fn text(name: &str) -> Self {
        Self { name: name.into(), is_number: false }
    }

    /// A column of numbers.
    #[must_use]
    pub fn number(name: &str) -> Self {
        Self { name: name.into(), is_number: true }
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            sign => safe.push(sign),
        }
    }
    safe
}

impl Sheet {
    /// The table alone, in Markdown.
    #[must_use]
    pub fn table(&self) -> String {
        let safe = |text: &str| text.replace('|', "\\|").replace('<', "&lt;").replace(['\n', '\r'], " ");
        let names: Vec<String> = self.head.iter().map(|head| safe(&head.name)).collect();
        let rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(|cell| safe(cell)).collect()).collect();
        let width = |column: usize| {
            let cells = rows.iter().chain([&names]).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..self.head.len()).map(width).collect();
        let line = |row: &[String]| {
            let cells = row.iter().zip(&widths).zip(&self.head).map(|((cell, width), head)| {
                if head.is_number { format!(" {cell:>width$} |") } else { format!(" {cell:<width$} |") }
            });
            format!("|{}\n", cells.collect::<String>())
        };
        let ruled = widths.iter().zip(&self.head).map(|(width, head)| {
            let end = if head.is_number { ':' } else { '-' };
            format!("{}{end}|", "-".repeat(width + 1))
        });
        let rule = format!("|{}\n", ruled.collect::<String>());
        [line(&names), rule].into_iter().chain(rows.iter().map(|row| line(row))).collect()
    }

    /// As an HTML table, with its title as caption and its notes below. Texts are escaped; numbers have the class `number`.
    #[must_use]
    pub fn html(&self) -> String {
        let number = |column: usize| {
            let is_number = self.head.get(column).is_some_and(|head| head.is_number);
            if is_number { " class=\"number\"" } else { "" }
        };
        let cells = |tag: &str, row: &mut dyn Iterator<Item = &String>| {
            let cell = |(n, text): (usize, &String)| format!("<{tag}{}>{}</td>", number(n), escaped(text));
            let line: String = row.enumerate().map(cell).collect();
            format!("<tr>{line}</tr>\n")
        };
        let head = cells("td", &mut self.head.iter().map(|head| &head.name));
        let head = head.replace("<td", "<th scope=\"col\"").replace("</td>", "</th>");
        let body: String = self.rows.iter().map(|row| cells("td", &mut row.iter())).collect();
        let caption = escaped(&self.title);
        let notes: String = self.notes.iter().map(|note| format!("<p>{}</p>\n", escaped(note))).collect();
        format!(
            "<table>\n<caption>{caption}</caption>\n<thead>\n{head}</thead>\n<tbody>\n{body}</tbody>\n</table>\n{notes}"
        )
    }

    /// As CSV in UTF-8, with commas, the names in the first line; without title and notes. Texts are as they are: a spreadsheet
    /// takes one that begins with `=` for a formula.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let head = self.head.iter().map(|head| &head.name).collect();
        for row in [head].into_iter().chain(self.rows.iter().map(|row| row.iter().collect::<Vec<_>>())) {
            // Memory does not fail to be written to.
            writer.write_record(row).unwrap_or_default();
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}

impl fmt::Display for Sheet {
    /// As Markdown: the title, the table, the notes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.title.is_empty() {
            writeln!(f, "### {}\n", self.title)?;
        }
        f.write_str(&self.table())?;
        for (n, note) in self.notes.iter().enumerate() {
            writeln!(f, "{}- {note}", if n == 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}
