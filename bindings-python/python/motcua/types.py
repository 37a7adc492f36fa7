"""The words that motcua uses, and the dictionaries that it gives."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

from ._motcua import Day, LimitRule, TimeLimit

if TYPE_CHECKING:
    from ._motcua import _Policy, _State, _Timeliness


class Question(TypedDict):
    """A question that the law leaves open; ``answer`` is the one that the calendar gives."""

    id: str
    text_vi: str
    text_en: str
    answers: list[str]
    default: str
    answer: str
    first_case: date
    reason: str


class Due(TypedDict):
    """When something is due; without a date, ``state`` says why."""

    due: datetime | None
    state: _State


class DueRecord(Due):
    """A due date that held for a while: since when, and what made it so."""

    since: datetime
    cause: Literal[
        "initial", "suspended", "shifted", "restarted", "second_stage", "extended", "agreed", "rescheduled"
    ]


class Status(Due):
    """How a clock stands at a moment."""

    at: datetime
    phase: Literal["not_started", "running", "suspended", "stopped"]
    timeliness: _Timeliness | None
    working_days_left: int | None
    working_time_left: timedelta | None
    projected: bool


class Correction(TypedDict):
    """What a late record changed."""

    before: Due
    after: Due
    dues_before: list[DueRecord]
    dues_after: list[DueRecord]


class DueChange(TypedDict):
    """A due date by two calendars, and the days that make the difference."""

    before: Due
    after: Due
    because: list[tuple[Day, Day]]


class Moved(DueChange):
    """An open dossier whose due date is another by another calendar."""

    dossier: str


class Head(TypedDict):
    """What a journal holds, in short: the number of its events, and 32 bytes over them in hexadecimal."""

    size: int
    root: str


class Milestone(Due):
    """Something that has to be done on the way."""

    name: str


class Leg(TypedDict):
    """A part of the way with a limit of its own."""

    name: str
    rule: LimitRule
    started: datetime
    stopped: datetime | None


class Reappointment(TypedDict):
    """The one time that a result was put off."""

    apologised: datetime
    to: datetime
    reason: str


class Entry(TypedDict):
    """An entry of a ledger; its change is one of ``{"suspend": …}``, ``{"resume": …}``, ``{"extend": …}``,
    ``{"reappoint": …}``, ``{"start_leg": …}``, ``{"stop_leg": …}``, ``"stop"`` and ``{"annul": …}``."""

    at: datetime
    recorded: datetime
    change: dict[str, Any] | str


Suspension = TypedDict(
    "Suspension",
    {
        "from": datetime,
        "to": NotRequired[datetime | None],
        "reason": str,
        "policy": "NotRequired[_Policy]",
        "answer_within": NotRequired[TimeLimit | str | None],
    },
)

Incident = TypedDict(
    "Incident",
    {
        "id": str,
        "text_vi": str,
        "text_en": str,
        "effect": Literal["restart", "pause", "keep_running", "second_stage", "extend", "agree"],
        "fields": list[str],
        "procedures": list[str],
        "answer_within": TimeLimit | None,
        "unanswered": Literal["discontinue", "refuse"] | None,
        "at_most": TimeLimit | None,
        "in_all": TimeLimit | None,
        "from": date | None,
        "to": date | None,
        "source": str,
        "verified": bool,
    },
)


class DatedDuty(TypedDict):
    """What the law wants done by a time: whose it is, by when, and what has become of it. Moments are texts, as in events;
    ``due`` is missing while the clock is suspended, or if no time is set."""

    id: str
    name_vi: str
    name_en: str
    whose: Literal["reception", "agency", "applicant", "consulted", "post", "system"]
    state: Literal["due", "met", "missed", "fell_away", "untold"]
    starts: str
    due: str | None
    met_at: str | None
    optional: bool
    on_missed: str | None
    step: str | None
    unit: str | None
    part: str | None
    rules: list[str]
    source: str
    verified: bool


class Wakeup(TypedDict):
    """Something that falls due of a dossier: when, what, which unit has to act, and whom to tell."""

    at: str
    dossier: str
    what: Literal[
        "elapses", "lapses", "due", "step_due", "consultation_due", "papers_due", "duty", "reminder"
    ]
    id: str | None
    step: str | None
    unit: str
    to: Literal["reception", "handling", "deciding", "clerk", "outside", "applicant", "system"] | None
    text_vi: str | None
