//! One engine for many threads.

use super::{Answer, Engine, EngineError};
use crate::dossier::Command;
use crate::journal::{Journal, JournalError};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, Thread};

/// An engine that many threads share. What they ask for while it is writing is carried out together afterwards and stored
/// in one transaction (group commit), so that the disk is waited for once and not for each of them; what is refused leaves
/// the others alone, as with [`Engine::handle_each`]. Nobody is answered before his event is stored.
///
/// ```
/// # use motcua::calendar::Calendar;
/// # use motcua::dossier::Organisation;
/// # use motcua::journal::MemoryJournal;
/// # use motcua::procedure::Catalogue;
/// use motcua::{Engine, SharedEngine};
/// # let units = "[[unit]]\nid = \"hoa-thanh\"\nname_vi = \"UBND xã Hoa Thành\"\ntier = \"commune\"\n";
/// # let organisation = Organisation::load(Catalogue::embedded(), &[("units.toml", units)]).unwrap();
/// # let (catalogue, calendar) = (Catalogue::embedded().clone(), Calendar::vietnam().clone());
/// # let engine = Engine::new(catalogue, calendar, organisation, MemoryJournal::new());
/// let shared = SharedEngine::new(engine);
/// std::thread::scope(|threads| {
///     for n in 0..4 {
///         let shared = &shared;
///         threads.spawn(move || {
///             let command = format!(r#"{{
///                 "dossier": "H41-{n}", "actor": "applicant", "at": "2026-03-02T08:00:00+07:00", "key": "1",
///                 "command": {{"receive": {{"procedure": "1.001193", "unit": "hoa-thanh", "channel": "online"}}}}
///             }}"#);
///             let answer = shared.handle(serde_json::from_str(&command).unwrap()).unwrap();
///             assert_eq!(answer.version, 1);
///         });
///     }
/// });
/// ```
#[derive(Debug)]
pub struct SharedEngine<J> {
    engine: Mutex<Engine<J>>,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<Asked>,
    /// Whether one of the threads carries out, and will see to those that wait.
    is_led: bool,
}

#[derive(Debug)]
struct Asked {
    command: Command,
    place: Arc<Place>,
}

/// Where a thread waits.
#[derive(Debug)]
struct Place {
    thread: Thread,
    answer: OnceLock<Result<Answer, EngineError>>,
    /// It is its turn to carry out what all ask for.
    leads: AtomicBool,
}

impl<J: Journal> SharedEngine<J> {
    /// Shares an engine.
    pub fn new(engine: Engine<J>) -> Self {
        Self { engine: Mutex::new(engine), queue: Mutex::default() }
    }

    /// Carries out a command, with those of other threads that wait: [`Engine::handle`].
    ///
    /// # Errors
    /// As [`Engine::handle`]. Where the store fails, all that were to be stored together get its error.
    pub fn handle(&self, command: Command) -> Result<Answer, EngineError> {
        let place = Arc::new(Place {
            thread: thread::current(),
            answer: OnceLock::new(),
            leads: AtomicBool::new(false),
        });
        let mut queue = lock(&self.queue);
        queue.waiting.push(Asked { command, place: Arc::clone(&place) });
        let leads = !std::mem::replace(&mut queue.is_led, true);
        drop(queue);
        place.leads.fetch_or(leads, Ordering::Relaxed);
        loop {
            if let Some(answer) = place.answer.get() {
                return answer.clone();
            }
            match place.leads.load(Ordering::Acquire) {
                true => self.lead(),
                // It may wake up for no reason.
                false => thread::park(),
            }
        }
    }

    /// Carries out what is asked for by now, and lets one of those that have come since go on.
    fn lead(&self) {
        let mut engine = self.engine();
        let round = Round { queue: &self.queue, asked: std::mem::take(&mut lock(&self.queue).waiting) };
        let commands: Vec<Command> = round.asked.iter().map(|asked| asked.command.clone()).collect();
        match engine.handle_each(&commands) {
            Ok(results) => {
                round.asked.iter().zip(results).for_each(|(asked, result)| asked.place.tell(result));
            }
            Err(error) => round.asked.iter().for_each(|asked| asked.place.tell(Err(error.clone()))),
        }
        drop(engine);
    }

    /// The engine, alone, for all else that can be asked of it. What others ask for waits as long.
    pub fn with<T>(&self, ask: impl FnOnce(&mut Engine<J>) -> T) -> T {
        ask(&mut self.engine())
    }

    /// The engine, when nobody shares it any more.
    pub fn into_engine(self) -> Engine<J> {
        drop(self.engine());
        self.engine.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// After a panic what was folded may be ahead of the journal.
    fn engine(&self) -> MutexGuard<'_, Engine<J>> {
        self.engine.lock().unwrap_or_else(|poisoned| {
            self.engine.clear_poison();
            let mut engine = poisoned.into_inner();
            engine.kept.clear();
            engine.journal.abandon();
            engine
        })
    }
}

/// What is carried out together. When it ends, be it by a panic, nobody is left waiting.
struct Round<'a> {
    queue: &'a Mutex<Queue>,
    asked: Vec<Asked>,
}

impl Drop for Round<'_> {
    fn drop(&mut self) {
        for asked in self.asked.iter().filter(|asked| asked.place.answer.get().is_none()) {
            let (place, reason) = ("the shared engine".into(), "it stopped in the middle".into());
            // Only a panic in between leaves a command without an answer.
            asked.place.tell(Err(JournalError::Unknown { place, reason }.into()));
        }
        let mut queue = lock(self.queue);
        match queue.waiting.first() {
            Some(next) => {
                next.place.leads.store(true, Ordering::Release);
                next.place.thread.unpark();
            }
            None => queue.is_led = false,
        }
    }
}

impl Place {
    fn tell(&self, result: Result<Answer, EngineError>) {
        // It is told once.
        let _ = self.answer.set(result);
        self.thread.unpark();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
