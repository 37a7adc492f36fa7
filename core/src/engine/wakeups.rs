//! What falls due, over all dossiers of a journal.

use super::{Engine, EngineError};
use crate::dossier::{DatedDuty, Wakeup, Watched, duties, sort};
use crate::journal::Journal;
use chrono::NaiveDateTime;

impl<J: Journal> Engine<J> {
    /// The duties in a dossier as they stand at a moment: [`duties`]. None if there is no such dossier.
    ///
    /// # Errors
    /// `journal.*`, and `dossier.procedure_missing` if the catalogue is not the one the journal was written with.
    pub fn duties(&self, code: &str, now: NaiveDateTime) -> Result<Vec<DatedDuty>, EngineError> {
        Ok(duties(self.rules(), code, &self.journal.events(code)?, now)?)
    }

    /// What falls due up to a moment, over all dossiers, earliest first: [`wakeups`](crate::dossier::wakeups). Only the
    /// dossiers are looked at of which something does; the journal keeps the moment of the next one of each.
    ///
    /// A host sets one timer, to [`Engine::next_wakeup`]. When it goes off, it asks for the wakeups up to now and answers
    /// each with the command that is waited for, or records that somebody was told (`notify`, with the notice `reminder`);
    /// either takes it off the list.
    ///
    /// ```
    /// # use motcua::calendar::Calendar;
    /// # use motcua::dossier::Organisation;
    /// # use motcua::journal::MemoryJournal;
    /// # use motcua::procedure::Catalogue;
    /// # use motcua::{Engine, moment};
    /// # let units = "[[unit]]\nid = \"hoa-thanh\"\nname_vi = \"UBND xã Hoa Thành\"\ntier = \"commune\"\n";
    /// # let organisation = Organisation::load(Catalogue::embedded(), &[("units.toml", units)]).unwrap();
    /// # let (catalogue, calendar) = (Catalogue::embedded().clone(), Calendar::vietnam().clone());
    /// # let mut engine = Engine::new(catalogue, calendar, organisation, MemoryJournal::new());
    /// engine.handle_json(r#"{
    ///     "dossier": "H41-1", "actor": "applicant", "at": "2026-03-06T16:00:00+07:00", "key": "1",
    ///     "command": {"receive": {"procedure": "1.001193", "unit": "hoa-thanh", "channel": "online"}}
    /// }"#).unwrap();
    /// let timer = engine.next_wakeup().unwrap().unwrap();
    /// assert_eq!(timer, moment::parse("2026-03-06 18:00").unwrap());
    /// assert_eq!(engine.wakeups(timer).unwrap()[0].id, Some("alert"));
    ///
    /// engine.handle_json(r#"{
    ///     "dossier": "H41-1", "actor": "system", "at": "2026-03-06T18:00:00+07:00", "key": "2",
    ///     "command": {"notify": {"notice": "alert"}}
    /// }"#).unwrap();
    /// assert!(engine.wakeups(timer).unwrap().is_empty());
    /// ```
    ///
    /// # Errors
    /// As [`Engine::duties`].
    pub fn wakeups(&self, until: NaiveDateTime) -> Result<Vec<Wakeup>, EngineError> {
        let mut wakeups = Vec::new();
        for (code, _) in self.journal.next_wakeups(until)? {
            match self.kept.get(&code) {
                Some(kept) if kept.dossier.version == self.journal.version(&code)? => {
                    wakeups.extend(kept.wakeups(self.rules(), until));
                }
                _ => {
                    let watched = Watched::replay(self.rules(), &code, &self.journal.events(&code)?)?;
                    wakeups.extend(watched.iter().flat_map(|watched| watched.wakeups(self.rules(), until)));
                }
            }
        }
        sort(&mut wakeups);
        Ok(wakeups)
    }

    /// The moment at which something falls due next, over all dossiers: what to set a timer to. It may be past. `None` if
    /// nothing ever does.
    ///
    /// # Errors
    /// `journal.*`
    pub fn next_wakeup(&self) -> Result<Option<NaiveDateTime>, EngineError> {
        Ok(self.journal.next_wakeup()?)
    }
}
