//! One engine for many threads.

use super::{Answer, Engine, EngineError};
use crate::dossier::Command;
use crate::journal::{Journal, JournalError};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

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
    waiting: Mutex<Vec<Asked>>,
}

type Answered = Arc<OnceLock<Result<Answer, EngineError>>>;

#[derive(Debug)]
struct Asked {
    command: Command,
    answer: Answered,
}

impl<J: Journal> SharedEngine<J> {
    /// Shares an engine.
    pub fn new(engine: Engine<J>) -> Self {
        Self { engine: Mutex::new(engine), waiting: Mutex::default() }
    }

    /// Carries out a command, with those of other threads that wait: [`Engine::handle`].
    ///
    /// # Errors
    /// As [`Engine::handle`]. Where the store fails, all that were to be stored together get its error.
    pub fn handle(&self, command: Command) -> Result<Answer, EngineError> {
        let answer = Answered::default();
        lock(&self.waiting).push(Asked { command, answer: Arc::clone(&answer) });
        let mut engine = lock(&self.engine);
        // Who had the engine before may have taken this one along.
        if answer.get().is_none() {
            let asked = std::mem::take(&mut *lock(&self.waiting));
            let commands: Vec<Command> = asked.iter().map(|asked| asked.command.clone()).collect();
            match engine.handle_each(&commands) {
                Ok(results) => asked.iter().zip(results).for_each(|(asked, result)| asked.tell(result)),
                Err(error) => asked.iter().for_each(|asked| asked.tell(Err(error.clone()))),
            }
        }
        drop(engine);
        // Only a panic in between leaves a command without an answer.
        answer.get().cloned().unwrap_or_else(|| {
            let (place, reason) = ("the shared engine".into(), "it stopped in the middle".into());
            Err(JournalError::Unknown { place, reason }.into())
        })
    }

    /// The engine, alone, for all else that can be asked of it. What others ask for waits as long.
    pub fn with<T>(&self, ask: impl FnOnce(&mut Engine<J>) -> T) -> T {
        ask(&mut lock(&self.engine))
    }

    /// The engine, when nobody shares it any more.
    pub fn into_engine(self) -> Engine<J> {
        self.engine.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asked {
    fn tell(&self, result: Result<Answer, EngineError>) {
        // It is told once.
        let _ = self.answer.set(result);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
