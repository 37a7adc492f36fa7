"""Legal time, dossiers and reports of Vietnam's one-stop administrative procedures."""

from ._motcua import Calendar, Clock, Day, Engine, Explanation, TimeLimit, __version__, timeliness
from .errors import (
    CalendarError,
    DeadlineError,
    DefinitionError,
    InternalError,
    JournalError,
    MeasureError,
    MotcuaError,
    RefusedError,
)

__all__ = [
    "Calendar",
    "CalendarError",
    "Clock",
    "Day",
    "DeadlineError",
    "DefinitionError",
    "Engine",
    "Explanation",
    "InternalError",
    "JournalError",
    "MeasureError",
    "MotcuaError",
    "RefusedError",
    "TimeLimit",
    "__version__",
    "timeliness",
]
