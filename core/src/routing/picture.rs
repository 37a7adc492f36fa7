//! Pictures of a routing: as Mermaid, as Graphviz, and drawn.

use super::{Routing, bits, svg};
use std::fmt::Write as _;

/// What is written on a step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// Its name; may have several lines.
    pub text: String,
    /// A smaller line below: who, or until when.
    pub note: Option<String>,
    /// How it stands.
    pub state: State,
}

/// How a step stands, which gives its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum State {
    /// It has not run, or nobody asks.
    #[default]
    Idle,
    /// It runs.
    Running,
    /// It runs and is overdue.
    Late,
    /// It has been completed.
    Done,
}

impl State {
    /// Name, background, border.
    pub(super) const ALL: [(Self, &'static str, &'static str, &'static str); 4] = [
        (Self::Idle, "idle", "#ffffff", "#607080"),
        (Self::Running, "running", "#dbeafe", "#1d4ed8"),
        (Self::Late, "late", "#fee2e2", "#b91c1c"),
        (Self::Done, "done", "#dcfce7", "#15803d"),
    ];
    const UNKNOWN: (Self, &'static str, &'static str, &'static str) = Self::ALL[0];

    pub(super) fn look(self) -> (&'static str, &'static str, &'static str) {
        let (_, name, fill, stroke) =
            Self::ALL.into_iter().find(|(state, ..)| *state == self).unwrap_or(Self::UNKNOWN);
        (name, fill, stroke)
    }
}

/// How a routing is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Picture {
    /// Laid out and drawn, a file of SVG.
    Svg,
    /// The text of a Mermaid flowchart.
    Mermaid,
    /// The text of a Graphviz graph.
    Dot,
}

/// What stands in a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Start,
    Step(Label),
    /// Several targets start at once.
    Fork,
    /// Several branches meet; how many of them are enough, if not all.
    Join(Option<String>),
    End,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The outcome, where a step has several.
    pub(super) text: String,
    /// It does not lead there, it takes away what is there.
    pub(super) cancels: bool,
}

/// The nodes begin with the start and the steps.
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
}

impl Routing {
    /// The routing, drawn in one of the three ways.
    #[must_use]
    pub fn picture(&self, picture: Picture, labels: &[Label]) -> String {
        match picture {
            Picture::Svg => self.svg(labels),
            Picture::Mermaid => self.mermaid(labels),
            Picture::Dot => self.dot(labels),
        }
    }

    /// The routing as a [Mermaid](https://mermaid.js.org) flowchart. `labels` are those of the steps in the order of
    /// the definition; a step without one shows its id.
    #[must_use]
    pub fn mermaid(&self, labels: &[Label]) -> String {
        let graph = self.graph(labels);
        let mut out = String::from("flowchart TD\n");
        for (i, node) in graph.nodes.iter().enumerate() {
            // Writing to a string does not fail.
            let _ = match node {
                Node::Start => writeln!(out, "  n{i}((\" \"))"),
                Node::Step(label) => {
                    let note =
                        label.note.iter().map(|note| format!("<br/><small>{}</small>", in_mermaid(note)));
                    let text = in_mermaid(&label.text) + &note.collect::<String>();
                    writeln!(out, "  n{i}[\"{text}\"]:::{}", label.state.look().0)
                }
                Node::Fork => writeln!(out, "  n{i}[[\" \"]]"),
                Node::Join(need) => {
                    writeln!(out, "  n{i}[[\"{}\"]]", in_mermaid(need.as_deref().unwrap_or(" ")))
                }
                Node::End => writeln!(out, "  n{i}(((\" \")))"),
            };
        }
        for Edge { from, to, text, cancels } in &graph.edges {
            let arrow = if *cancels { "-.-x" } else { "-->" };
            let text = if text.is_empty() { String::new() } else { format!("|\"{}\"|", in_mermaid(text)) };
            let _ = writeln!(out, "  n{from} {arrow}{text} n{to}");
        }
        for (_, name, fill, stroke) in State::ALL {
            let _ = writeln!(out, "  classDef {name} fill:{fill},stroke:{stroke},color:#111827");
        }
        out
    }

    /// The routing in the language of [Graphviz](https://graphviz.org); labels as for [`mermaid`](Self::mermaid).
    #[must_use]
    pub fn dot(&self, labels: &[Label]) -> String {
        let graph = self.graph(labels);
        let mut out = String::from(
            "digraph routing {\n  rankdir=TB;\n  node [fontname=\"sans-serif\", fontsize=11];\n  \
             edge [fontname=\"sans-serif\", fontsize=9];\n",
        );
        let bar = "shape=box, style=filled, fillcolor=\"#374151\", height=0.06, width=0.8, fixedsize=true";
        for (i, node) in graph.nodes.iter().enumerate() {
            let _ = match node {
                Node::Start => writeln!(
                    out,
                    "  n{i} [shape=circle, style=filled, fillcolor=\"#374151\", label=\"\", width=0.2];"
                ),
                Node::Step(label) => {
                    let (_, fill, stroke) = label.state.look();
                    let note = label.note.iter().map(|note| format!("\\n{}", in_dot(note)));
                    let text = in_dot(&label.text) + &note.collect::<String>();
                    writeln!(
                        out,
                        "  n{i} [shape=box, style=\"rounded,filled\", fillcolor=\"{fill}\", color=\"{stroke}\", \
                         label=\"{text}\"];"
                    )
                }
                Node::Fork => writeln!(out, "  n{i} [{bar}, label=\"\"];"),
                Node::Join(need) => {
                    writeln!(
                        out,
                        "  n{i} [{bar}, label=\"\", xlabel=\"{}\"];",
                        in_dot(need.as_deref().unwrap_or(""))
                    )
                }
                Node::End => writeln!(
                    out,
                    "  n{i} [shape=doublecircle, style=filled, fillcolor=\"#374151\", label=\"\", width=0.15];"
                ),
            };
        }
        for Edge { from, to, text, cancels } in &graph.edges {
            let look = if *cancels {
                ", style=dashed, color=\"#b91c1c\", arrowhead=tee, constraint=false"
            } else {
                ""
            };
            let _ = writeln!(out, "  n{from} -> n{to} [label=\"{}\"{look}];", in_dot(text));
        }
        out.push_str("}\n");
        out
    }

    /// The routing drawn as an SVG document, from top to bottom; labels as for [`mermaid`](Self::mermaid). The same
    /// routing and labels give the same bytes.
    #[must_use]
    pub fn svg(&self, labels: &[Label]) -> String {
        svg::draw(&self.graph(labels))
    }

    fn graph(&self, labels: &[Label]) -> Graph {
        let mut nodes = vec![Node::Start];
        for (i, step) in self.steps.iter().enumerate() {
            let own = || Label { text: step.id.clone(), ..Label::default() };
            nodes.push(Node::Step(labels.get(i).cloned().unwrap_or_else(own)));
        }
        let mut edges = Vec::new();
        let mut lead = |from, to, text: &str| {
            edges.push(Edge { from, to, text: text.into(), cancels: false });
        };
        for start in &self.starts {
            lead(0, start + 1, "");
        }
        let first_join = nodes.len();
        for (i, join) in self.joins.iter().enumerate() {
            let of = join.collect.count_ones();
            nodes.push(Node::Join((join.need < of).then(|| format!("{}/{of}", join.need))));
            lead(first_join + i, join.own.trailing_zeros() as usize + 1, "");
        }
        let end = nodes.len();
        nodes.push(Node::End);
        let node_of = |place: usize| {
            let join = self.joins.iter().position(|join| join.collect >> place & 1 == 1);
            join.map_or(place + 1, |join| first_join + join)
        };
        for (i, step) in self.steps.iter().enumerate() {
            for outcome in self.outcomes_of(i) {
                let text = if step.count > 1 { outcome.name.as_str() } else { "" };
                let mut targets: Vec<usize> = bits(outcome.put).map(node_of).collect();
                targets.extend(outcome.ends.then_some(end));
                match targets.as_slice() {
                    [only] => lead(i + 1, *only, text),
                    all => {
                        let fork = nodes.len();
                        nodes.push(Node::Fork);
                        lead(i + 1, fork, text);
                        all.iter().for_each(|to| lead(fork, *to, ""));
                    }
                }
            }
        }
        for (i, _) in self.steps.iter().enumerate() {
            for outcome in self.outcomes_of(i) {
                for gone in bits(outcome.cancels).filter(|gone| *gone != i) {
                    let text = outcome.name.clone();
                    edges.push(Edge { from: i + 1, to: gone + 1, text, cancels: true });
                }
            }
        }
        Graph { nodes, edges }
    }
}

/// Quoted text of Mermaid, which reads marks and HTML in it.
fn in_mermaid(text: &str) -> String {
    let mut out = String::new();
    for c in text.trim().chars() {
        match c {
            '\n' => out.push_str("<br/>"),
            '"' | '#' | '&' | '<' | '>' | '`' | ';' | '\\' | '*' | '_' | '~' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    if out.is_empty() { " ".into() } else { out }
}

/// Quoted text of Graphviz, which reads backslashes and HTML's entities in it.
fn in_dot(text: &str) -> String {
    let mut out = String::new();
    for c in text.trim().chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}
