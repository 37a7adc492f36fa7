//! The patterns of control flow, each as a routing with what runs after some steps.

#[path = "common/flows.rs"]
mod flows;

use flows::flow;
use motcua::routing::Routing;

/// Plays `step:outcome …` from the start and says what runs then, in the order of the definition.
fn after(routing: &Routing, walk: &str) -> String {
    let at = walk.split_whitespace().fold(routing.start(), |at, word| {
        let (step, outcome) = word.split_once(':').unwrap_or((word, "ok"));
        routing.fire(at, step, outcome).unwrap_or_else(|error| panic!("{walk}: {error}"))
    });
    if at.is_end() { "end".into() } else { routing.running(at).collect::<Vec<_>>().join(" ") }
}

/// Walks and what runs after them.
type Plays = &'static [(&'static str, &'static str)];

/// The control-flow patterns of Russell, ter Hofstede, van der Aalst and Mulyar (2006) that are a routing's matter, by
/// their numbers. Patterns of several instances (12 to 15, 26, 27, 34 to 36) are a dossier's, since the number of
/// units that are consulted is not known here; so are triggers (23, 24). What needs two tokens on a step (8, 38, 41,
/// 42) is refused, see below.
#[test]
fn patterns_of_control_flow() {
    let fork = "f ok:a+b+c\n a ok:j\n b ok:j\n c ok:j\n j ok:end <a,b,c";
    let long =
        "f ok:a+b+c+x\n a ok:j\n b ok:b2\n b2 ok:j\n c ok:j\n x ok:end\n j ok:k <a,b2,c <need:1\n k ok:end";
    let looped = "s ok:f\n f ok:a+b\n a ok:j\n b ok:j\n j ok:end more:f <a,b <need:1";
    let blocked =
        "f ok:a+b+c\n a ok:j+w\n b ok:j+w\n c ok:j+w\n j ok:w <a,b,c <finish\n w more:f ok:end <a,b,c,j";
    let table: Vec<(&str, String, Plays)> = vec![
        ("1 sequence", "a ok:b\n b ok:end".into(), &[("", "a"), ("a", "b"), ("a b", "end")]),
        (
            "2 parallel split, 3 synchronisation",
            fork.into(),
            &[("f", "a b c"), ("f b", "a c"), ("f b c", "a"), ("f b c a", "j"), ("f a b c j", "end")],
        ),
        (
            "4 exclusive choice, 5 simple merge",
            "a ok:b no:c\n b ok:d\n c ok:d\n d ok:end".into(),
            &[("a", "b"), ("a:no", "c"), ("a b", "d"), ("a:no c", "d")],
        ),
        // A multi-choice chooses among the sets of branches; what is not chosen skips to the merge.
        (
            "6 multi-choice, 7 structured synchronising merge",
            "f both:a+b left:a+no-b right:no-a+b\n a ok:j\n b ok:j\n no-a ok:j\n no-b ok:j
             j ok:end <a,b,no-a,no-b <need:2"
                .into(),
            &[("f:both", "a b"), ("f:left", "a no-b"), ("f:left a no-b", "j"), ("f:right b no-a", "j")],
        ),
        (
            "9 structured discriminator",
            format!("{fork} <need:1 <finish"),
            &[("f b", "a c j"), ("f b j", "a c"), ("f b j a", "c"), ("f b j a c", "end"), ("f b a c", "j")],
        ),
        (
            "10 arbitrary cycles",
            "a ok:b skip:c\n b ok:c\n c ok:end back:b first:a".into(),
            &[("a:skip c:back", "b"), ("a b c:first", "a"), ("a b c", "end")],
        ),
        (
            "11 implicit termination",
            "a ok:b+c\n b ok:end\n c ok:d\n d ok:end".into(),
            &[("a b", "c"), ("a b c d", "end"), ("a c d b", "end")],
        ),
        (
            "16 deferred choice",
            "w answered:b silent:c\n b ok:end\n c ok:end".into(),
            &[("w:silent", "c"), ("w:answered", "b")],
        ),
        // One at a time in any order is a choice of the first.
        (
            "17 interleaved parallel routing, 40 interleaved routing",
            "i ab:a ba:b2\n a ok:b\n b ok:z\n b2 ok:a2\n a2 ok:z\n z ok:end".into(),
            &[("i:ab a", "b"), ("i:ba b2", "a2")],
        ),
        // The chance is there until the other branch goes on and takes it away.
        (
            "18 milestone",
            "f ok:m+w\n m pass:n~w\n w used:e\n n ok:end\n e ok:end".into(),
            &[("f m:pass", "n"), ("f w:used", "m e"), ("f w:used m:pass", "n e")],
        ),
        (
            "19 cancel task",
            "f ok:a+b\n a ok:end stop:c~b\n b ok:end\n c ok:end".into(),
            &[("f a:stop", "c"), ("f b a:stop", "c"), ("f a", "b")],
        ),
        (
            "20 cancel case",
            "f ok:a+b+c\n a ok:j stop:end~b,c,j\n b ok:j\n c ok:j\n j ok:end <a,b,c".into(),
            &[("f a:stop", "end"), ("f b a:stop", "end"), ("f b c a", "j")],
        ),
        ("21 structured loop", "a ok:b\n b again:a ok:end".into(), &[("a b:again a b:again", "a")]),
        (
            "22 recursion, as a return over two levels",
            "a ok:b\n b ok:c up:a\n c ok:end up:b top:a".into(),
            &[("a b c:up b:up", "a"), ("a b c:top", "a")],
        ),
        (
            "25 cancel region",
            "f ok:a+x\n a ok:a2\n a2 ok:j\n x ok:j stop:k~a,a2\n j ok:k <a2,x\n k ok:end".into(),
            &[("f x:stop", "k"), ("f a x:stop", "k"), ("f a a2 x:stop", "k"), ("f a a2 x", "j")],
        ),
        (
            "28 blocking discriminator",
            blocked.replace("<finish", "<need:1 <finish"),
            &[
                ("f a", "b c j"),
                ("f a j", "b c"),
                ("f a j b", "c"),
                ("f a j b c", "w"),
                ("f a b c", "j"),
                ("f a j b c w:more", "f"),
                ("f a j b c w:more f b", "a c j"),
            ],
        ),
        (
            "29 cancelling discriminator",
            long.into(),
            &[
                ("f", "a b c x"),
                ("f a", "x j"),
                ("f b", "a b2 c x"),
                ("f b b2", "x j"),
                ("f x c", "j"),
                ("f c j", "x k"),
            ],
        ),
        ("29 the same in a loop", looped.into(), &[("s f a j:more", "f"), ("s f a j:more f b", "j")]),
        (
            "30 structured partial join",
            format!("{fork} <need:2 <finish"),
            &[("f a", "b c"), ("f a b", "c j"), ("f a b c", "j"), ("f a b j", "c"), ("f a b j c", "end")],
        ),
        (
            "31 blocking partial join",
            blocked.replace("<finish", "<need:2 <finish"),
            &[("f a", "b c"), ("f a b", "c j"), ("f a b j c w:more f c", "a b")],
        ),
        (
            "32 cancelling partial join",
            long.replace("need:1", "need:2"),
            &[("f a", "b c x"), ("f a b", "b2 c x"), ("f a b b2", "x j"), ("f c a x", "j")],
        ),
        (
            "33 generalised AND-join, one round at a time",
            fork.replace("j ok:end", "j ok:end more:f"),
            &[("f a b c j:more", "f"), ("f a b c j:more f a", "b c")],
        ),
        (
            "37 acyclic synchronising merge",
            "f both:a+b only:a2\n a ok:c\n b ok:d\n c ok:j\n d ok:j\n j ok:m <c,d\n a2 ok:m\n m ok:end"
                .into(),
            &[("f:both a c b d", "j"), ("f:only a2", "m")],
        ),
        // A critical section goes from hand to hand.
        (
            "39 critical section",
            "f ok:a+b\n a ok:a-in\n a-in ok:b-in+end\n b ok:b-in\n b-in ok:end <a-in,b".into(),
            &[("f b a", "a-in"), ("f b a a-in", "b-in")],
        ),
        (
            "43 explicit termination",
            "f ok:a+b\n a ok:end~b,b2\n b ok:b2\n b2 ok:end".into(),
            &[("f a", "end"), ("f b a", "end"), ("f b b2", "a")],
        ),
    ];
    for (pattern, definition, plays) in table {
        let routing = Routing::compile(&flow(&definition), &[])
            .unwrap_or_else(|errors| panic!("{pattern}: {definition}: {errors:?}"));
        for (walk, runs) in plays {
            assert_eq!(after(&routing, walk), *runs, "{pattern}: {walk}");
        }
    }
}
