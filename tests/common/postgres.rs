//! A PostgreSQL server of one's own, gone when nobody uses it any more.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(unreachable_pub, clippy::panic, reason = "the benches use it too")]

use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;
use tempfile::TempDir;

pub struct Server {
    /// Stops the server when its input ends, also when that is because the test was killed.
    keeper: Child,
    _folder: TempDir,
    pub port: u16,
}

static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
static SCHEMAS: AtomicU32 = AtomicU32::new(0);

impl Server {
    /// The one of the tests that run now.
    pub fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start());
            *shared = Arc::downgrade(&server);
            server
        })
    }

    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// With settings (`name=value`) of its own.
    pub fn start_with(settings: &[&str]) -> Self {
        // Somebody else may take the port before it does.
        (0..5).find_map(|_| Self::start_once(settings)).expect("a free port")
    }

    fn start_once(settings: &[&str]) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let user = unprivileged();
        if let Some((user, group)) = user {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let data = folder.path().join("data");
        let made = run(&program("initdb"), user)
            .args(["-U", "motcua", "-A", "trust", "-E", "UTF8", "--locale=C", "--data-checksums", "-D"])
            .arg(&data)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let script = r#"server=$1 data=$2 port=$3; shift 3; "$server" -D "$data" -p "$port" "$@" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on \
            >"$data/log" 2>&1 & server=$!; cat >/dev/null; kill -QUIT $server; wait $server; rm -rf "$data""#;
        let keeper = run(Path::new("sh"), user)
            .args(["-c", script, "sh"])
            .arg(program("postgres"))
            .arg(&data)
            .arg(port.to_string())
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let server = Self { keeper, _folder: folder, port };
        let log = || std::fs::read_to_string(data.join("log")).unwrap_or_default();
        for _ in 0..600 {
            if postgres::Client::connect(&server.url(), postgres::NoTls).is_ok() {
                return Some(server);
            }
            if log().contains("could not bind") {
                return None;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the server does not start: {}", log());
    }

    pub fn url(&self) -> String {
        format!("postgres://motcua@127.0.0.1:{}/postgres", self.port)
    }

    pub fn client(&self) -> postgres::Client {
        postgres::Client::connect(&self.url(), postgres::NoTls).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// A schema that nobody else uses.
pub fn fresh_schema() -> String {
    format!("journal_{}", SCHEMAS.fetch_add(1, Ordering::Relaxed))
}

/// PostgreSQL refuses to be root: somebody else, if we are.
fn unprivileged() -> Option<(u32, u32)> {
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let line = users.lines().find(|line| line.starts_with("postgres:"));
    let ids = line.and_then(|line| {
        let mut parts = line.split(':').skip(2).map(|part| part.parse().ok());
        Some((parts.next()??, parts.next()??))
    });
    Some(ids.unwrap_or((65534, 65534)))
}

fn run(program: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    if let Some((user, group)) = user {
        command.uid(user).gid(group);
    }
    command.env("LC_ALL", "C");
    command
}

fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|path| path.exists());
    // initdb looks for the server beside itself, not beside a link to it.
    let found = found.unwrap_or_else(|| panic!("`{name}` is missing: install PostgreSQL (.ci/setup does)"));
    found.canonicalize().unwrap()
}
