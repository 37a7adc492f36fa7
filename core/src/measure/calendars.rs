//! Whose working time it is.

use crate::calendar::Calendar;
use std::collections::HashMap;
use std::sync::Arc;

/// The calendars by which handling times are counted: one for all, or, for units with hours or closures of their own, theirs
/// ([`Calendar::for_unit`]). A `&Calendar` stands for itself wherever one is asked for.
///
/// ```
/// use motcua::calendar::Calendar;
/// use motcua::measure::Calendars;
/// use std::collections::HashMap;
/// use std::sync::Arc;
/// let hours = r#"
/// [[source]]
/// id = "gio-mua-he"
/// act = "Quyết định 1/QĐ-UBND"
/// known_since = 2026-03-01
/// url = "https://example.gov.vn/1"
/// verified = false
///
/// [[hours]]
/// from = 2026-01-01
/// season = ["04-16", "10-15"]
/// open = ["06:30-11:00", "13:00-16:30"]
/// source = "gio-mua-he"
/// "#;
/// let own = Arc::new(Calendar::vietnam().for_unit("unit.toml", hours).unwrap());
/// let units = HashMap::from([("hoa-thanh".to_owned(), own)]);
/// let calendars = Calendars::new(Calendar::vietnam(), &units);
/// let opens = |unit| calendars.of(unit).open_and_close("2026-06-08".parse().unwrap()).unwrap().unwrap().0.to_string();
/// assert_eq!((opens("hoa-thanh"), opens("van-thanh")), ("2026-06-08 06:30:00".into(), "2026-06-08 07:00:00".into()));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Calendars<'a> {
    base: &'a Calendar,
    units: Option<&'a HashMap<String, Arc<Calendar>>>,
}

impl<'a> Calendars<'a> {
    /// One for all units but those that have their own, by the name that rows give them.
    #[must_use]
    pub fn new(base: &'a Calendar, units: &'a HashMap<String, Arc<Calendar>>) -> Self {
        Self { base, units: Some(units) }
    }

    /// That of a unit.
    #[must_use]
    pub fn of(&self, unit: &str) -> &'a Calendar {
        self.units.and_then(|units| units.get(unit)).map_or(self.base, |own| own)
    }
}

impl<'a> From<&'a Calendar> for Calendars<'a> {
    fn from(base: &'a Calendar) -> Self {
        Self { base, units: None }
    }
}

impl<'a> From<&'a Arc<Calendar>> for Calendars<'a> {
    fn from(base: &'a Arc<Calendar>) -> Self {
        Self { base, units: None }
    }
}
