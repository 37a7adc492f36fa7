//! Where the nodes of a picture stand: in layers from top to bottom, each as far down as the longest way to it.

/// Whole points, so that every machine draws the same.
pub(super) type Point = (i32, i32);

const GAP_X: i32 = 28;
pub(super) const GAP_Y: i32 = 56;
const SWEEPS: usize = 12;

pub(super) struct Layout {
    /// The middle of each node.
    pub(super) at: Vec<Point>,
    /// For each edge that leads down, the points between its ends; none for one that leads back up.
    pub(super) ways: Vec<Option<Vec<Point>>>,
    /// For each node, the top and bottom of its layer.
    pub(super) bands: Vec<(i32, i32)>,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// Lays out nodes of these sizes; the first is the top.
pub(super) fn layout(sizes: &[(i32, i32)], edges: &[(usize, usize)]) -> Layout {
    let back = back_edges(sizes.len(), edges);
    let mut layers = longest(sizes.len(), edges, &back);
    // An edge over several layers is led through each of them.
    let mut widths: Vec<i32> = sizes.iter().map(|(width, _)| *width).collect();
    let mut links: Vec<(usize, usize)> = Vec::new();
    let mut chains: Vec<Option<Vec<usize>>> = Vec::new();
    for (&(from, to), back) in edges.iter().zip(&back) {
        if *back {
            chains.push(None);
            continue;
        }
        let mut chain = Vec::new();
        let mut last = from;
        for layer in layers[from] + 1..layers[to] {
            layers.push(layer);
            widths.push(GAP_X / 2);
            links.push((last, widths.len() - 1));
            last = widths.len() - 1;
            chain.push(last);
        }
        links.push((last, to));
        chains.push(Some(chain));
    }
    let count = layers.iter().max().map_or(0, |most| most + 1);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (item, layer) in layers.iter().enumerate() {
        rows[*layer].push(item);
    }
    let mut above: Vec<Vec<usize>> = vec![Vec::new(); widths.len()];
    let mut below = above.clone();
    for (from, to) in links {
        below[from].push(to);
        above[to].push(from);
    }
    order(&mut rows, &above, &below);
    let x = place(&rows, &above, &below, &widths);
    let (mut tops, mut heights) = (Vec::new(), Vec::new());
    let mut y = 0;
    for row in &rows {
        let height =
            row.iter().filter_map(|item| sizes.get(*item)).map(|(_, height)| *height).max().unwrap_or(0);
        tops.push(y);
        heights.push(height);
        y += height + GAP_Y;
    }
    let middle = |item: usize| (x[item], tops[layers[item]] + heights[layers[item]] / 2);
    Layout {
        at: (0..sizes.len()).map(middle).collect(),
        ways: chains
            .into_iter()
            .map(|chain| {
                let ends = |item: usize| {
                    let top = tops[layers[item]];
                    [(x[item], top), (x[item], top + heights[layers[item]])]
                };
                Some(chain?.into_iter().flat_map(ends).collect())
            })
            .collect(),
        bands: (0..sizes.len())
            .map(|item| (tops[layers[item]], tops[layers[item]] + heights[layers[item]]))
            .collect(),
        width: (0..widths.len()).map(|item| x[item] + widths[item] / 2).max().unwrap_or(0),
        height: y - GAP_Y,
    }
}

/// The edges that lead to a node from which one comes.
fn back_edges(count: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (edge, (from, _)) in edges.iter().enumerate() {
        out[*from].push(edge);
    }
    let mut back = vec![false; edges.len()];
    let (mut open, mut seen) = (vec![false; count], vec![false; count]);
    for root in 0..count {
        let mut way = vec![(root, 0)];
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        open[root] = true;
        while let Some((node, next)) = way.last_mut() {
            let Some(edge) = out[*node].get(*next) else {
                open[*node] = false;
                way.pop();
                continue;
            };
            *next += 1;
            let to = edges[*edge].1;
            back[*edge] = open[to];
            if !std::mem::replace(&mut seen[to], true) {
                open[to] = true;
                way.push((to, 0));
            }
        }
    }
    back
}

/// The layer of each node.
fn longest(count: usize, edges: &[(usize, usize)], back: &[bool]) -> Vec<usize> {
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waits = vec![0; count];
    for ((from, to), _) in edges.iter().zip(back).filter(|(_, back)| !**back) {
        below[*from].push(*to);
        waits[*to] += 1;
    }
    let mut layers = vec![0; count];
    let mut open: Vec<usize> = (0..count).filter(|node| waits[*node] == 0).collect();
    while let Some(node) = open.pop() {
        for to in &below[node] {
            layers[*to] = layers[*to].max(layers[node] + 1);
            waits[*to] -= 1;
            if waits[*to] == 0 {
                open.push(*to);
            }
        }
    }
    layers
}

/// Puts each item of a layer below the middle of those it hangs on, then above the middle of those that hang on it,
/// and so on: few edges cross then.
fn order(rows: &mut [Vec<usize>], above: &[Vec<usize>], below: &[Vec<usize>]) {
    let mut position = vec![0_i64; above.len()];
    let number = |row: &[usize], position: &mut Vec<i64>| {
        row.iter().enumerate().for_each(|(i, item)| position[*item] = i as i64);
    };
    rows.iter().for_each(|row| number(row, &mut position));
    for sweep in 0..SWEEPS {
        let (near, down) = if sweep % 2 == 0 { (above, true) } else { (below, false) };
        for step in 0..rows.len() {
            let row = if down {
                &mut rows[step]
            } else {
                let last = rows.len() - 1;
                &mut rows[last - step]
            };
            let key = |item: &usize| match near[*item].len() as i64 {
                0 => position[*item] * 1000,
                of => near[*item].iter().map(|other| position[*other] * 1000).sum::<i64>() / of,
            };
            row.sort_by_cached_key(key);
            number(row, &mut position);
        }
    }
}

/// The middle of each item from left to right: as near as can be to those above and below it.
fn place(rows: &[Vec<usize>], above: &[Vec<usize>], below: &[Vec<usize>], widths: &[i32]) -> Vec<i32> {
    let apart = |one: usize, other: usize| (widths[one] + widths[other]) / 2 + GAP_X;
    let mut x = vec![0; widths.len()];
    for sweep in 0..=SWEEPS {
        let (near, down) = if sweep % 2 == 0 { (above, true) } else { (below, false) };
        for step in 0..rows.len() {
            let row = &rows[if down { step } else { rows.len() - 1 - step }];
            let wanted: Vec<i32> = row
                .iter()
                .map(|item| match near[*item].len() as i32 {
                    0 => x[*item],
                    of => near[*item].iter().map(|other| x[*other]).sum::<i32>() / of,
                })
                .collect();
            let (mut left, mut right) = (wanted.clone(), wanted);
            for i in 1..row.len() {
                left[i] = left[i].max(left[i - 1] + apart(row[i - 1], row[i]));
            }
            for i in (1..row.len()).rev() {
                right[i - 1] = right[i - 1].min(right[i] - apart(row[i - 1], row[i]));
            }
            // Both keep the distance, so what lies midway does.
            row.iter().enumerate().for_each(|(i, item)| x[*item] = (left[i] + right[i]).div_euclid(2));
        }
    }
    let least = (0..x.len()).map(|item| x[item] - widths[item] / 2).min().unwrap_or(0);
    x.iter_mut().for_each(|x| *x -= least);
    x
}
