//! What breaks between a journal and its server: an answer is never wrong, and a key settles what is not known.

#[path = "common/appends.rs"]
mod appends;
mod common;
#[path = "common/postgres.rs"]
mod server;

use appends::{event, of, open};
use motcua::journal::{Journal, PostgresJournal};
use server::{Server, fresh_schema};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Between a client and the server; it cuts the connection where it is told to.
struct Proxy {
    port: u16,
    cut: Arc<Mutex<Cut>>,
}

/// The bytes that still go through in each direction, when it is to be cut.
#[derive(Default)]
struct Cut {
    to_server: Option<usize>,
    to_client: Option<usize>,
    /// What went through since this was set: to the server, to the client.
    passed: [usize; 2],
}

impl Proxy {
    fn before(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, target) = (listener.local_addr().unwrap().port(), server.port);
        let cut = Arc::new(Mutex::new(Cut::default()));
        let shared = Arc::clone(&cut);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(("127.0.0.1", target)).unwrap();
                for (from, to, is_request) in [(&client, &server, true), (&server, &client, false)] {
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    let cut = Arc::clone(&shared);
                    std::thread::spawn(move || forward(from, to, is_request, &cut));
                }
            }
        });
        Self { port, cut }
    }

    fn url(&self) -> String {
        format!("postgres://motcua@127.0.0.1:{}/postgres", self.port)
    }

    fn set(&self, to_server: Option<usize>, to_client: Option<usize>) {
        *self.cut.lock().unwrap() = Cut { to_server, to_client, passed: [0; 2] };
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream, is_request: bool, cut: &Mutex<Cut>) {
    let mut bytes = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        let mut cut = cut.lock().unwrap();
        cut.passed[usize::from(!is_request)] += read;
        let left = if is_request { &mut cut.to_server } else { &mut cut.to_client };
        let pass = left.map_or(read, |left| left.min(read));
        *left = left.map(|left| left - pass);
        let _ = to.write_all(&bytes[..pass]);
        if pass < read {
            // Once; the next connection works.
            (cut.to_server, cut.to_client) = (None, None);
            break;
        }
    }
    let _ = (to.shutdown(Shutdown::Both), from.shutdown(Shutdown::Both));
}

#[test]
fn a_connection_cut_in_the_middle_is_settled_by_the_key() {
    let (server, schema) = (Server::shared(), fresh_schema());
    let proxy = Proxy::before(&server);
    let mut journal = PostgresJournal::open(&proxy.url(), Some(&schema)).unwrap();
    let mut version = 0;
    let mut next = |is_steady: bool| {
        version += 1;
        let mut append = of("A", event(version, &version.to_string()));
        let since = append.work[0].since;
        append.work[0].due = (!is_steady).then(|| since + chrono::TimeDelta::hours(version as i64));
        [append]
    };
    let (mut stored, mut lost) = (0, 0);
    // Where it waits changes with each event, or stays.
    for is_steady in [false, true] {
        for _ in 0..3 {
            proxy.set(None, None);
            journal.append(&next(is_steady)).unwrap();
        }
        let [request, answer] = proxy.cut.lock().unwrap().passed;
        // Anywhere in the request, and in the answer: of the first the server has stored nothing, of the others all.
        let requests = (0..request).step_by(request / 12).map(|at| (Some(at), None));
        for (to_server, to_client) in requests.chain((0..answer).step_by(5).map(|at| (None, Some(at)))) {
            // One that goes through, so that the next begins with what it ended with.
            proxy.set(None, None);
            journal.append(&next(is_steady)).unwrap();
            let append = next(is_steady);
            let version = append[0].events[0].version;
            proxy.set(to_server, to_client);
            let error = journal.append(&append).unwrap_err();
            assert_eq!(error.code(), "journal.unknown", "{to_server:?} {to_client:?}: {error}");
            // The server may still be at it.
            let deadline =
                Instant::now() + Duration::from_millis(if to_client.is_some() { 5_000 } else { 50 });
            let other = open(&server, &schema);
            while other.version("A").unwrap() < version && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(5));
            }
            let is_stored = other.version("A").unwrap() == version;
            assert_eq!(is_stored, to_client.is_some(), "{to_server:?} {to_client:?}");
            let again = journal.append(&append).unwrap();
            assert_eq!((again[0].version, again[0].repeated), (version, is_stored));
            if is_stored { stored += 1 } else { lost += 1 }
        }
    }
    assert!(stored > 5 && lost > 5, "{stored}, {lost}");
    assert_eq!(journal.verify(None).unwrap().size, journal.version("A").unwrap());
    println!("cut {} times: {stored} stored, {lost} not", stored + lost);
    // A large batch goes in several pieces, which are stored together or not at all.
    let many: Vec<_> = (0..1_500).map(|n| of(&format!("M{n}"), event(1, "1"))).collect();
    for part in [1, 2, 4, 6] {
        proxy.set(Some(part * 100_000), None);
        let error = journal.append(&many).map(|done| done.len()).unwrap_err();
        assert_eq!(error.code(), "journal.unknown");
        assert_eq!(journal.version("M0").unwrap(), 0, "{part}");
    }
    assert_eq!(journal.append(&many).unwrap().len(), 1_500);
    // Reading goes on by itself.
    proxy.set(Some(0), None);
    assert_eq!(journal.version("M1499").unwrap(), 1);
}

#[test]
fn a_transaction_cut_anywhere_is_there_or_not() {
    let (server, schema) = (Server::shared(), fresh_schema());
    let proxy = Proxy::before(&server);
    let mut journal = PostgresJournal::open(&proxy.url(), Some(&schema)).unwrap();
    let other = open(&server, &schema);
    let mut version = 0;
    let mut next = || {
        version += 1;
        ["A", "B"].map(|code| of(code, event(version, &version.to_string())))
    };
    // It is begun, reads, writes and is committed: four requests and four answers. Cut after so many of thirty parts of them,
    // and so many bytes before the end.
    let (parts, bytes) = ((0..30).map(|part| (part, 0)), (1..=16).map(|byte| (30, byte)));
    let places = parts.chain(bytes).flat_map(|place| [(true, place), (false, place)]);
    let (mut stored, mut lost) = (0, 0);
    for (is_request, (part, byte)) in places {
        // A new connection has its statements prepared first.
        for _ in 0..2 {
            proxy.set(None, None);
            journal.append(&next()).unwrap();
        }
        let [request, answer] = proxy.cut.lock().unwrap().passed;
        let batch = next();
        // The answer has the keys of both dossiers, eight bytes more each time.
        let cut = |bytes: usize| Some(bytes * part / 30 - byte);
        let (to_server, to_client) = if is_request { (cut(request), None) } else { (None, cut(answer + 16)) };
        let version = batch[0].events[0].version;
        proxy.set(to_server, to_client);
        let error = journal.append(&batch).unwrap_err();
        proxy.set(None, None);
        let at = format!("{to_server:?} {to_client:?}: {error}");
        assert!(["journal.unknown", "journal.storage"].contains(&error.code()), "{at}");
        // The server may still be at it: what it holds of the dossiers is locked until it is done.
        let versions = ["A", "B"].map(|code| {
            let wait = format!("SELECT FROM {schema}.dossiers WHERE code = '{code}' FOR UPDATE");
            server.client().batch_execute(&wait).unwrap();
            other.version(code).unwrap()
        });
        let is_stored = versions == [version; 2];
        assert!(is_stored || versions == [version - 1; 2], "{at}: {versions:?}");
        assert!(
            !is_stored || error.code() == "journal.unknown",
            "what is stored is not said to have failed: {at}"
        );
        let again = journal.append(&batch).unwrap();
        assert!(again.iter().all(|one| (one.version, one.repeated) == (version, is_stored)), "{at}");
        if is_stored { stored += 1 } else { lost += 1 }
    }
    assert!(stored > 10 && lost > 50, "{stored}, {lost}");
    assert_eq!(journal.verify(None).unwrap().size, 2 * journal.version("A").unwrap());
    println!("cut {} times: {stored} stored, {lost} not", stored + lost);
}

#[test]
fn a_connection_that_the_server_ends_is_made_again() {
    let (server, schema) = (Server::shared(), fresh_schema());
    let named = format!("{}?application_name={schema}", server.url());
    let mut journal = PostgresJournal::open(&named, Some(&schema)).unwrap();
    journal.append(&[of("A", event(1, "1"))]).unwrap();
    let end = format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = '{schema}'"
    );
    journal.append(&[of("A", event(2, "2"))]).unwrap();
    assert_eq!(server.client().query(&end, &[]).unwrap().len(), 1);
    assert_eq!(journal.version("A").unwrap(), 2);
    journal.append(&[of("A", event(3, "3"))]).unwrap();
    assert_eq!(server.client().query(&end, &[]).unwrap().len(), 1);
    let outcome = journal.append(&[of("A", event(4, "4"))]);
    assert!(outcome.is_ok() || outcome.unwrap_err().code() == "journal.unknown");
    assert_eq!(journal.append(&[of("A", event(4, "4"))]).unwrap()[0].version, 4);
    // A connection that was given cannot be made anew.
    let client = postgres::Client::connect(&named, postgres::NoTls).unwrap();
    let mut given = PostgresJournal::over(client, Some(&schema)).unwrap();
    given.append(&[of("A", event(5, "5"))]).unwrap();
    assert_eq!(server.client().query(&end, &[]).unwrap().len(), 2);
    assert_eq!(given.append(&[of("A", event(6, "6"))]).unwrap_err().code(), "journal.unknown");
    let error = given.version("A").unwrap_err();
    assert_eq!(error.code(), "journal.storage");
    assert!(error.to_string().contains("make another journal"), "{error}");
    assert_eq!(journal.verify(None).unwrap().size, 5);
}
