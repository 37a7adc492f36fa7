//! What others take, measured by scripts of their own in this run.

use serde_json::{Map, Value};
use std::fs::File;
use std::path::PathBuf;
use std::process::Command;

/// What the scripts printed, by name: `name` of the peer, and `ns` an operation or `bytes`.
pub(crate) struct Peers(pub(crate) Map<String, Value>);

impl Peers {
    /// Runs the scripts; one whose language or libraries `make bench` did not install is left out.
    pub(crate) fn measure(scripts: &[&str], what: &str) -> Self {
        let mut found = Map::new();
        for script in scripts {
            eprintln!("measuring the peers of {script} …");
            let Some(mut command) = command(script) else { continue };
            let output = command.arg(what).output().expect("the peers run");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let printed: Map<_, _> = serde_json::from_slice(&output.stdout).expect("the peers print JSON");
            found.extend(printed);
        }
        Self(found)
    }

    /// Its time or its bytes, with the name of the peer.
    pub(crate) fn get(&self, name: &str) -> (Option<f64>, String) {
        let Some(peer) = self.0.get(name) else { return (None, "not installed".into()) };
        let figure = peer.get("ns").or_else(|| peer.get("bytes"));
        (figure.and_then(Value::as_f64), peer["name"].as_str().unwrap_or_default().into())
    }
}

fn command(script: &str) -> Option<Command> {
    let file = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"))).join(script);
    if script.ends_with(".py") {
        let mut command = Command::new(root().join(std::env::var_os("VENV")?).join("bin/python"));
        command.arg(file);
        return Some(command);
    }
    // A script that comes over standard input finds its packages beside the folder it runs in.
    let packages = root().join(std::env::var_os("NODE_PEERS")?);
    if !packages.join("node_modules").is_dir() {
        return None;
    }
    let mut command = Command::new("node");
    command.args(["--expose-gc", "--input-type=module", "-"]).current_dir(packages);
    command.stdin(File::open(file).expect("the script is there"));
    Some(command)
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
