"""The family of errors. Each has a stable ``code``, and its sentence in English and Vietnamese."""

from __future__ import annotations

from typing import Any


class MotcuaError(Exception):
    """Anything motcua refuses. Nothing has changed."""

    def __init__(self, code: str, message: str, message_vi: str, rows: list[int] | None = None) -> None:
        super().__init__(f"{message} [{code}]")
        self.code = code
        self.message = message
        self.message_vi = message_vi
        self.rows = [] if rows is None else rows
        """The rows of a column that it is about, from 0, in order; ``code`` is that of the first."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.code, self.message, self.message_vi, self.rows))


class CalendarError(MotcuaError, ValueError):
    """A date or moment outside the calendar, or a question or answer that it does not know."""


class DeadlineError(MotcuaError, ValueError):
    """A time limit that cannot be read, or a clock that cannot do what was asked."""


class DefinitionError(MotcuaError, ValueError):
    """A definition file with problems; the message names them all, each with file and line."""


class MeasureError(MotcuaError, ValueError):
    """A figure that there cannot be, as of a period that ends before it begins."""


class RefusedError(MotcuaError):
    """A command that is refused."""


class JournalError(MotcuaError):
    """The journal failed, or somebody else was faster."""


class InternalError(MotcuaError, RuntimeError):
    """A fault of motcua itself; please report it."""
