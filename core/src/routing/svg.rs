//! A routing drawn.

use super::layout::{GAP_Y, Layout, Point, layout};
use super::picture::{Graph, Label, Node};
use crate::text::escaped;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const LINE: i32 = 16;
const LETTER: i32 = 7;
/// A line of a step is broken after so many letters.
const LETTERS: usize = 26;
const MARGIN: i32 = 16;
/// Between two edges that go round.
const LANE: i32 = 14;

/// A document that stands alone.
pub(super) fn draw(graph: &Graph) -> String {
    let texts: Vec<Vec<(String, bool)>> = graph.nodes.iter().map(lines).collect();
    let mut ends = vec![0; graph.nodes.len()];
    for edge in &graph.edges {
        ends[edge.from] += 1;
        ends[edge.to] += 1;
    }
    let sizes: Vec<(i32, i32)> = graph
        .nodes
        .iter()
        .zip(&texts)
        .zip(ends)
        .map(|((node, lines), ends)| size(node, lines, ends))
        .collect();
    let down: Vec<(usize, usize)> =
        graph.edges.iter().filter(|edge| !edge.cancels).map(|edge| (edge.from, edge.to)).collect();
    let plan = layout(&sizes, &down);
    let rounds = |cancels: bool| {
        let up = plan.ways.iter().filter(|way| way.is_none()).count();
        (if cancels { graph.edges.len() - down.len() } else { up }) as i32
    };
    let left = MARGIN + if rounds(true) > 0 { (rounds(true) + 1) * LANE } else { 0 };
    let labels = graph.edges.iter().map(|edge| wide(&edge.text)).max().unwrap_or(0);
    let width = left + plan.width + MARGIN + labels.max((rounds(false) + 1) * LANE);
    let height = plan.height + 2 * MARGIN + GAP_Y;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} \
         {height}\" font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\n<defs>\n"
    );
    for (id, colour) in [("to", "#4b5563"), ("off", "#b91c1c")] {
        let _ = writeln!(
            out,
            "<marker id=\"{id}\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
             orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"{colour}\"/></marker>"
        );
    }
    let _ = writeln!(
        out,
        "</defs>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n<g transform=\"translate({left},{})\">",
        MARGIN + GAP_Y / 2
    );
    let mut notes = String::new();
    edges(&mut out, &mut notes, graph, &plan, &sizes);
    for (i, node) in graph.nodes.iter().enumerate() {
        shape(&mut out, node, plan.at[i], sizes[i], &texts[i]);
    }
    out + &notes + "</g>\n</svg>\n"
}

/// The lines on a node, and whether they are small.
fn lines(node: &Node) -> Vec<(String, bool)> {
    let Node::Step(Label { text, note, .. }) = node else { return Vec::new() };
    let mut lines: Vec<(String, bool)> = broken(text).into_iter().map(|line| (line, false)).collect();
    lines.extend(note.iter().flat_map(|note| broken(note)).map(|line| (line, true)));
    lines
}

fn broken(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for part in text.trim().lines() {
        let mut line = String::new();
        for word in part.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > LETTERS {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

fn wide(text: &str) -> i32 {
    text.chars().count().min(400) as i32 * LETTER
}

fn size(node: &Node, lines: &[(String, bool)], ends: i32) -> (i32, i32) {
    match node {
        Node::Start | Node::End => (20, 20),
        Node::Fork | Node::Join(_) => ((ends * 24).clamp(60, 400), 6),
        Node::Step(_) => {
            let width = lines.iter().map(|(line, _)| wide(line)).max().unwrap_or(0);
            (width.max(70) + 24, lines.len().max(1) as i32 * LINE + 16)
        }
    }
}

fn shape(
    out: &mut String,
    node: &Node,
    (x, y): Point,
    (width, height): (i32, i32),
    lines: &[(String, bool)],
) {
    let (left, top) = (x - width / 2, y - height / 2);
    let _ = match node {
        Node::Start => writeln!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"8\" fill=\"#374151\"/>"),
        Node::End => writeln!(
            out,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"9\" fill=\"#ffffff\" stroke=\"#374151\" stroke-width=\"2\"/>\
             <circle cx=\"{x}\" cy=\"{y}\" r=\"5\" fill=\"#374151\"/>"
        ),
        Node::Fork | Node::Join(_) => {
            let _ = writeln!(
                out,
                "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"2\" fill=\"#374151\"/>"
            );
            if let Node::Join(Some(need)) = node {
                let (x, y) = (x + width / 2 + 6, y + 4);
                let _ = writeln!(
                    out,
                    "<text x=\"{x}\" y=\"{y}\" font-size=\"12\" fill=\"#374151\">{}</text>",
                    escaped(need)
                );
            }
            Ok(())
        }
        Node::Step(label) => {
            let (name, fill, stroke) = label.state.look();
            let thick = if name == "running" || name == "late" { "2.5" } else { "1.2" };
            let _ = writeln!(
                out,
                "<g class=\"{name}\"><rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"7\" \
                 fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"{thick}\"/>"
            );
            for (i, (line, small)) in lines.iter().enumerate() {
                let y = top + 8 + LINE * i as i32 + 12;
                let (letters, colour) = if *small { ("11", "#4b5563") } else { ("13", "#111827") };
                let _ = writeln!(
                    out,
                    "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" font-size=\"{letters}\" fill=\"{colour}\">{}\
                     </text>",
                    escaped(line)
                );
            }
            writeln!(out, "</g>")
        }
    };
}

/// Draws the edges; their texts go to `notes`, to stand above everything.
fn edges(out: &mut String, notes: &mut String, graph: &Graph, plan: &Layout, sizes: &[(i32, i32)]) {
    let mut ways = plan.ways.iter();
    let (mut right, mut left) = (0, 0);
    // How many edges turn off below and above each layer, so that they do not lie on each other.
    let (mut leaving, mut coming) = (BTreeMap::new(), BTreeMap::new());
    let mut turn = |leaves: bool, y: i32| {
        let count = if leaves { &mut leaving } else { &mut coming }.entry(y).or_insert(0);
        *count += 1;
        (*count - 1) % 3
    };
    let (begins, finishes) = (slots(graph, plan, sizes, true), slots(graph, plan, sizes, false));
    for (number, edge) in graph.edges.iter().enumerate() {
        let (from, to) = (plan.at[edge.from], plan.at[edge.to]);
        let (bottom, top) = (from.1 + sizes[edge.from].1 / 2, to.1 - sizes[edge.to].1 / 2);
        if edge.cancels {
            left += 1;
            let (foot, head) = (plan.bands[edge.from].1, plan.bands[edge.to].0);
            let (below, over) = (foot + 8 + turn(true, foot) * 5, head - 9 - turn(false, head) * 5);
            let (x, to_x) = (from.0 - sizes[edge.from].0 / 2 + 10, to.0 - sizes[edge.to].0 / 2 + 10);
            let lane = -left * LANE;
            let path =
                round(&[(x, bottom), (x, below), (lane, below), (lane, over), (to_x, over), (to_x, top)]);
            let _ = writeln!(
                out,
                "<path d=\"{path}\" fill=\"none\" stroke=\"#b91c1c\" stroke-width=\"1.2\" stroke-dasharray=\"4 3\" \
                 marker-end=\"url(#off)\"/>"
            );
            continue;
        }
        let path = match ways.next() {
            Some(Some(between)) => {
                let (x, to_x) = (from.0 + begins[number].0, to.0 + finishes[number].0);
                let mut points = vec![(x, bottom), (x, plan.bands[edge.from].1)];
                points.extend(between);
                points.extend([(to_x, plan.bands[edge.to].0), (to_x, top)]);
                let y = plan.bands[edge.from].1 + 17 + begins[number].1 % 2 * 13;
                text(notes, &edge.text, (x, y), "middle");
                bent(&points)
            }
            _ => {
                right += 1;
                let (foot, head) = (plan.bands[edge.from].1, plan.bands[edge.to].0);
                let turned = turn(true, foot);
                let (below, over) = (foot + 12 + turned * 13, head - 9 - turn(false, head) * 5);
                let x = from.0 + sizes[edge.from].0 / 2 - 8 - turned * 7;
                let to_x = to.0 + sizes[edge.to].0 / 2 - 10;
                let lane = plan.width + right * LANE;
                text(notes, &edge.text, (from.0 + sizes[edge.from].0 / 2 + 4, below - 2), "start");
                round(&[(x, bottom), (x, below), (lane, below), (lane, over), (to_x, over), (to_x, top)])
            }
        };
        let _ = writeln!(
            out,
            "<path d=\"{path}\" fill=\"none\" stroke=\"#4b5563\" stroke-width=\"1.2\" marker-end=\"url(#to)\"/>"
        );
    }
}

/// How far from the middle of its node each edge that leads down begins or ends, and its place there: those to the left
/// on the left.
fn slots(graph: &Graph, plan: &Layout, sizes: &[(i32, i32)], leaves: bool) -> Vec<(i32, i32)> {
    let mut at: Vec<Vec<usize>> = vec![Vec::new(); graph.nodes.len()];
    let led = graph.edges.iter().enumerate().filter(|(_, edge)| !edge.cancels).zip(&plan.ways);
    for ((number, edge), _) in led.filter(|(_, way)| way.is_some()) {
        at[if leaves { edge.from } else { edge.to }].push(number);
    }
    let mut slots = vec![(0, 0); graph.edges.len()];
    for (node, mut all) in at.into_iter().enumerate() {
        let of = all.len() as i32;
        let far = |number: &usize| {
            let edge = &graph.edges[*number];
            plan.at[if leaves { edge.to } else { edge.from }].0
        };
        all.sort_by_key(far);
        let is_bar = matches!(graph.nodes[node], Node::Fork | Node::Join(_));
        let span = if is_bar { sizes[node].0 - 12 } else { (sizes[node].0 - 24).min((of - 1) * 36) };
        for (place, number) in all.into_iter().enumerate().filter(|_| of > 1) {
            let place = place as i32;
            slots[number] = (span * (2 * place - of + 1) / (2 * (of - 1)), place);
        }
    }
    slots
}

fn text(notes: &mut String, text: &str, (x, y): Point, anchor: &str) {
    if !text.is_empty() {
        let _ = writeln!(
            notes,
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" font-size=\"11\" fill=\"#1f2937\" stroke=\"#ffffff\" \
             stroke-width=\"3\" paint-order=\"stroke\">{}</text>",
            escaped(text)
        );
    }
}

/// Straight within the layers, a curve between them.
fn bent(points: &[Point]) -> String {
    let mut path = String::new();
    for (i, (x, y)) in points.iter().enumerate() {
        let _ = match points.get(i.wrapping_sub(1)) {
            None => write!(path, "M{x} {y}"),
            Some((before, _)) if before == x => write!(path, "L{x} {y}"),
            Some((before, above)) => {
                let middle = (above + y) / 2;
                write!(path, "C{before} {middle} {x} {middle} {x} {y}")
            }
        };
    }
    path
}

/// Straight lines with round corners.
fn round(points: &[Point]) -> String {
    let mut path = String::new();
    for (i, &(x, y)) in points.iter().enumerate() {
        let (before, after) = (i.checked_sub(1).and_then(|i| points.get(i)), points.get(i + 1));
        let _ = match (before, after) {
            (None, _) => write!(path, "M{x} {y}"),
            (_, None) => write!(path, "L{x} {y}"),
            (Some(before), Some(after)) => {
                let near = |(to_x, to_y): Point| (x + (to_x - x).clamp(-5, 5), y + (to_y - y).clamp(-5, 5));
                let ((a, b), (c, d)) = (near(*before), near(*after));
                write!(path, "L{a} {b}Q{x} {y} {c} {d}")
            }
        };
    }
    path
}
