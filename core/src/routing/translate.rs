//! A marking of one routing as one of another: for dossiers that go on under a new version of their procedure.

use super::{Marking, Routing, bits};

impl Routing {
    /// The marking of `into` in which the same steps run and the same branches have arrived, by the names that `becomes`
    /// gives to steps. A branch that has arrived where it is no longer waited for is forgotten; a join that waits for
    /// no more fires.
    ///
    /// Whether `into` can go on from there, [`Routing::proves`] says.
    ///
    /// # Errors
    /// The id of a step that has no counterpart, or none of its own.
    pub fn translate(
        &self,
        marking: Marking,
        into: &Self,
        becomes: &dyn Fn(&str) -> String,
    ) -> Result<Marking, String> {
        let counterpart = |step: usize| {
            let id = self.step_id(step).unwrap_or_default();
            into.step_index(&becomes(id)).ok_or_else(|| id.to_owned())
        };
        let mut put = 0;
        for place in bits(marking.0) {
            let aside = place.checked_sub(self.steps.len()).and_then(|place| self.asides.get(place));
            let Some(aside) = aside else {
                let step = 1 << counterpart(place)?;
                if put & step != 0 {
                    // Two steps that run cannot become one.
                    return Err(self.step_id(place).unwrap_or_default().to_owned());
                }
                put |= step;
                continue;
            };
            let to = counterpart(aside.to)?;
            let from = aside.from.map(&counterpart).transpose()?;
            let found = into.asides.iter().position(|other| (other.from, other.to) == (from, to));
            put |= found.map_or(0, |place| 1 << (into.steps.len() + place));
        }
        let mut clash = 0;
        Ok(Marking(into.joins.iter().fold(put, |marking, join| join.settle(marking, &mut clash))))
    }
}
