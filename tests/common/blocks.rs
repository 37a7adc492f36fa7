//! Random definitions of a procedure, built of blocks so that most of them are sound.

use proptest::prelude::*;
use proptest::sample::Index;

/// A part of a way, of which a sound routing is built.
#[derive(Debug, Clone)]
pub enum Block {
    Step {
        kind: u8,
        back: bool,
        elapse: Option<bool>,
        waits: bool,
        optional: bool,
    },
    Sequence(Vec<Block>),
    /// One of several ways.
    Choice(Vec<Block>),
    /// All of them, so many of which are enough.
    Fork {
        branches: Vec<Block>,
        need: usize,
        finish: bool,
    },
}

pub fn block() -> impl Strategy<Value = Block> {
    let step = (
        0u8..4,
        prop::bool::weighted(0.2),
        prop::option::weighted(0.2, any::<bool>()),
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(kind, back, elapse, waits, optional)| Block::Step {
            kind,
            back,
            elapse,
            waits,
            optional,
        });
    step.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Block::Sequence),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Block::Choice),
            (prop::collection::vec(inner, 2..4), any::<Index>(), any::<bool>()).prop_map(
                |(branches, need, finish)| {
                    let need = 1 + need.index(branches.len());
                    Block::Fork { branches, need, finish }
                }
            ),
        ]
    })
}

/// The steps of a definition, being written.
#[derive(Default)]
struct Writer {
    steps: Vec<(String, String)>,
}

impl Writer {
    fn step(&mut self, kind: &str, role: &str, rest: &str) -> String {
        let id = format!("s{}", self.steps.len());
        let text = format!(
            "[[procedure.step]]\nid = \"{id}\"\nname_vi = \"Bước {id}\"\nrole = \"{role}\"\nkind = \"{kind}\"\n{rest}\n"
        );
        self.steps.push((id.clone(), text));
        id
    }

    /// Writes a block that leads to `next`, and gives its first step and its last ones.
    fn block(&mut self, block: &Block, next: &str) -> (String, Vec<String>) {
        match block {
            Block::Step { kind, back, elapse, waits, optional } => {
                let (kind, role) = [
                    ("check", "judicial_officer"),
                    ("process", "land_officer"),
                    ("sign", "commune_leader"),
                    ("stamp", "clerk"),
                ][usize::from(*kind)];
                let id = format!("s{}", self.steps.len());
                let forward = if kind == "sign" { "approve" } else { "complete" };
                let mut rest = format!("outcomes = {{ {forward} = [\"{next}\"]");
                if *back {
                    rest += &format!(", back = [\"{id}\"]");
                }
                rest += " }\n";
                if let Some(not_before) = elapse.filter(|_| kind != "sign") {
                    rest += &format!("after = \"2 day\"\nthen = \"{forward}\"\nnot_before = {not_before}\n");
                }
                if *waits {
                    rest += "clock = \"pause\"\n";
                }
                if *optional && kind != "sign" {
                    rest += "optional = true\n";
                }
                self.step(kind, role, &rest);
                (id.clone(), vec![id])
            }
            Block::Sequence(blocks) => {
                let mut next = next.to_owned();
                let mut lasts = Vec::new();
                let mut first = String::new();
                for block in blocks.iter().rev() {
                    let (begin, last) = self.block(block, &next);
                    if lasts.is_empty() {
                        lasts = last;
                    }
                    first.clone_from(&begin);
                    next = begin;
                }
                (first, lasts)
            }
            Block::Choice(blocks) => {
                let (firsts, lasts): (Vec<_>, Vec<_>) =
                    blocks.iter().map(|block| self.block(block, next)).unzip();
                let ways: Vec<String> =
                    firsts.iter().enumerate().map(|(n, first)| format!("way{n} = [\"{first}\"]")).collect();
                let rest = format!("outcomes = {{ {} }}", ways.join(", "));
                (self.step("check", "judicial_officer", &rest), lasts.concat())
            }
            Block::Fork { branches, need, finish } => {
                let join = self.join_later(next);
                let mut firsts = Vec::new();
                let mut lasts = Vec::new();
                for branch in branches {
                    let (first, last) = self.block(branch, &join);
                    // A join waits for one step of each branch.
                    let closing = if last.len() == 1 { last[0].clone() } else { String::new() };
                    if closing.is_empty() {
                        let one = self.step("stamp", "clerk", &format!("next = [\"{join}\"]"));
                        self.redirect(&last, &join, &one);
                        lasts.push(one);
                    } else {
                        lasts.push(closing);
                    }
                    firsts.push(first);
                }
                let quoted = |names: &[String]| {
                    names.iter().map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(", ")
                };
                let rest = format!(
                    "join = [{}]\nneed = {need}\nrest = \"{}\"\n",
                    quoted(&lasts),
                    if *finish { "finish" } else { "cancel" }
                );
                self.add(&join, &rest);
                let fork = self.step("process", "land_officer", &format!("next = [{}]", quoted(&firsts)));
                (fork, vec![join])
            }
        }
    }

    fn join_later(&mut self, next: &str) -> String {
        self.step("process", "land_officer", &format!("next = [\"{next}\"]"))
    }

    fn add(&mut self, id: &str, rest: &str) {
        let (_, text) = self.steps.iter_mut().find(|(known, _)| known == id).unwrap();
        text.push_str(rest);
    }

    fn redirect(&mut self, steps: &[String], from: &str, to: &str) {
        for (id, text) in &mut self.steps {
            if steps.contains(id) {
                *text = text.replace(&format!("[\"{from}\"]"), &format!("[\"{to}\"]"));
            }
        }
    }
}

/// A procedure whose routing is the block, between a reception and a delivery.
pub fn definition(block: &Block) -> String {
    let mut writer = Writer::default();
    let deliver = writer.step("deliver", "one_stop", "next = [\"end\"]");
    let (first, _) = writer.block(block, &deliver);
    let mut text = String::from(
        r#"[[procedure]]
code = "test/model"
name_vi = "Thủ tục thử"
name_en = "A random procedure"
field = "ho-tich"
tier = "commune"
in_force_from = 2025-07-01
jurisdiction = "-"
agency = "-"
source = "made for a test"
verified = false
not_in_source = ["components", "fees", "legal_basis"]
[[procedure.time_limit]]
limit = "10 working_day"
"#,
    );
    let begins = format!(
        "[[procedure.step]]\nid = \"begin\"\nname_vi = \"Tiếp nhận\"\nrole = \"one_stop\"\nkind = \"receive\"\nnext = [\"{first}\"]\n"
    );
    text += &begins;
    for (_, step) in &writer.steps {
        text += step;
    }
    text
}
