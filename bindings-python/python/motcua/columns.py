"""Columns of dates and moments, millions of rows at a time.

A column is a NumPy array, a list, a series of pandas or Polars, an array of pyarrow, or anything else that speaks
Arrow; what comes out is of the same kind. A value alone stands for all rows. Rows without a value have none in the
result either. Moments are Vietnam time; columns with a zone are converted, and back.

Rows that cannot be answered raise the error of the first of them, whose ``rows`` has the numbers of all; with
``errors="null"`` they have no value in the result.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, overload

from . import _motcua as native
from ._motcua import Calendar, LimitRule, TimeLimit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from ._motcua import (
        _BusdayRoll,
        _CutOffEffect,
        _DayEnd,
        _DayParts,
        _Direction,
        _Errors,
        _Policy,
        _Roll,
    )

__all__ = [
    "add_working_days",
    "add_working_time",
    "busday_count",
    "busday_offset",
    "count_working_days",
    "count_working_time",
    "due",
    "is_busday",
    "is_working_day",
]

# NumPy's words for what a start that is no working day does, and ours.
_ROLLS = {
    "raise": "refuse",
    "following": "forward",
    "preceding": "backward",
    "modifiedfollowing": "modified_following",
    "modifiedpreceding": "modified_preceding",
}


class RuleOptions(TypedDict, total=False):
    """What may be said of the counting of a limit, as of a ``LimitRule``."""

    cut_off: time | None
    after_cut_off: _CutOffEffect
    second_stage: TimeLimit | str | None
    day_parts: _DayParts
    day_end: _DayEnd
    direction: _Direction


def _way(threads: int, errors: str) -> tuple[int, bool]:
    if errors not in ("raise", "null"):
        raise ValueError(f'"{errors}" is no way to treat errors; use raise or null')
    if threads < 0:
        raise ValueError(f"{threads} is no number of threads; use 1 or more")
    return threads, errors == "null"


def _or_vietnam(calendar: Calendar | None) -> Calendar:
    return Calendar.vietnam() if calendar is None else calendar


@overload
def add_working_days(
    dates: date, n: int, *, roll: _Roll, calendar: Calendar | None = None, threads: int = 1, errors: _Errors = "raise"
) -> date: ...
@overload
def add_working_days(
    dates: Any, n: Any, *, roll: _Roll, calendar: Calendar | None = None, threads: int = 1, errors: _Errors = "raise"
) -> Any: ...
def add_working_days(
    dates: Any, n: Any, *, roll: _Roll, calendar: Calendar | None = None, threads: int = 1, errors: _Errors = "raise"
) -> Any:
    """The n-th working day after each date; with a negative n before it.

    ``roll`` says what happens to a date that is no working day: ``not_counted``, as by law no first day is (so that 1
    is the next working day, and 0 the date itself); ``forward``, ``backward``, ``modified_following`` or
    ``modified_preceding``, by which it moves to a working day first, the modified ones within its month; or ``refuse``,
    by which it is an error. NumPy's spellings are taken as well.
    """
    from . import _kinds as kinds

    (start, step), leading, length = kinds.kinds_of(dates, n)
    days = kinds.spread(start, start.days(), length)
    out = kinds.np.empty_like(days)
    steps = kinds.one_or_each(step, step.steps())
    way = _way(threads, errors)
    native._add_working_days(_or_vietnam(calendar), days, steps, _ROLLS.get(roll, roll), out, way)
    return leading.put_days(out)


@overload
def count_working_days(
    start: date, end: date, *, calendar: Calendar | None = None, threads: int = 1, errors: _Errors = "raise"
) -> int: ...
@overload
def count_working_days(
    start: Any, end: Any, *, calendar: Calendar | None = None, threads: int = 1, errors: _Errors = "raise"
) -> Any: ...
def count_working_days(
    start: Any, end: Any, *, calendar: Calendar | None = None, threads: int = 1, errors: _Errors = "raise"
) -> Any:
    """The working days after each ``start`` up to and including ``end``; negative if ``end`` is earlier."""
    from . import _kinds as kinds

    columns, leading, length = kinds.kinds_of(start, end)
    first, last = kinds.of_one_width(columns, length)
    out = kinds.np.empty(length, kinds.np.int64)
    native._count_working_days(_or_vietnam(calendar), first, last, True, out, _way(threads, errors))
    return leading.integers(out)


@overload
def is_working_day(
    dates: date, *, calendar: Calendar | None = None, threads: int = 1, errors: _Errors = "raise"
) -> bool: ...
@overload
def is_working_day(
    dates: Any, *, calendar: Calendar | None = None, threads: int = 1, errors: _Errors = "raise"
) -> Any: ...
def is_working_day(
    dates: Any, *, calendar: Calendar | None = None, threads: int = 1, errors: _Errors = "raise"
) -> Any:
    """Whether offices work on each date. NumPy has no missing truth: there a missing date is ``False``."""
    from . import _kinds as kinds

    (column,), leading, length = kinds.kinds_of(dates)
    days = column.days()
    out = kinds.np.empty(length, bool)
    bad = native._is_working_day(_or_vietnam(calendar), days, out, _way(threads, errors))
    absent = kinds.missing(days)
    if bad:
        absent = kinds.np.zeros(length, bool) if absent is None else absent
        absent[bad] = True
    return leading.flags(out, absent)


@overload
def add_working_time(
    at: datetime,
    time: timedelta | int,
    *,
    calendar: Calendar | None = None,
    threads: int = 1,
    errors: _Errors = "raise",
) -> datetime: ...
@overload
def add_working_time(
    at: Any, time: Any, *, calendar: Calendar | None = None, threads: int = 1, errors: _Errors = "raise"
) -> Any: ...
def add_working_time(
    at: Any, time: Any, *, calendar: Calendar | None = None, threads: int = 1, errors: _Errors = "raise"
) -> Any:
    """The moment after so much working time, which may be negative: times, or whole numbers of seconds."""
    from . import _kinds as kinds

    (start, step), leading, length = kinds.kinds_of(at, time)
    moments = kinds.spread(start, start.seconds(), length)
    out = kinds.np.empty_like(moments)
    spans = kinds.one_or_each(step, step.spans())
    native._add_working_seconds(_or_vietnam(calendar), moments, spans, out, _way(threads, errors))
    return leading.put_seconds(out)


@overload
def count_working_time(
    start: datetime,
    end: datetime,
    *,
    calendar: Calendar | None = None,
    threads: int = 1,
    errors: _Errors = "raise",
) -> timedelta: ...
@overload
def count_working_time(
    start: Any, end: Any, *, calendar: Calendar | None = None, threads: int = 1, errors: _Errors = "raise"
) -> Any: ...
def count_working_time(
    start: Any, end: Any, *, calendar: Calendar | None = None, threads: int = 1, errors: _Errors = "raise"
) -> Any:
    """The working time from each moment to another, to the second; negative if ``end`` is earlier. Times come out."""
    from . import _kinds as kinds

    (first, last), leading, length = kinds.kinds_of(start, end)
    out = kinds.np.empty(length, kinds.np.int64)
    ends = [kinds.one_or_each(kind, kind.seconds()) for kind in (first, last)]
    native._count_working_seconds(_or_vietnam(calendar), ends[0], ends[1], out, _way(threads, errors))
    return leading.times(out.view("m8[s]"))


def due(
    received: Any,
    limits: TimeLimit | LimitRule | str | Sequence[TimeLimit | LimitRule | str],
    *,
    which: Any = None,
    suspended_from: Any = None,
    suspended_to: Any = None,
    policy: _Policy | None = None,
    calendar: Calendar | None = None,
    threads: int = 1,
    errors: _Errors = "raise",
    **options: Unpack[RuleOptions],
) -> Any:
    """When each row is due: what ``Clock.due`` gives, for a column of receptions.

    ``limits`` is a limit or rule, or a list of them of which the column ``which`` names each row's, from 0;
    ``options`` are those of a ``LimitRule``, for limits that are none. A row may have one suspension: none if its
    ``suspended_from`` is missing, one that lasts, so that there is no date yet, if its ``suspended_to`` is. ``policy``
    is what suspensions do; by default what each rule says.
    """
    from . import _kinds as kinds

    given = [limits] if isinstance(limits, (str, TimeLimit, LimitRule)) else list(limits)
    rules = [_rule(limit, policy, options) for limit in given]
    if which is None and len(rules) != 1:
        raise TypeError("there is not one limit; say in `which` which of them is each row's")
    if suspended_from is None and suspended_to is not None:
        raise TypeError("suspensions have an end but no beginning; give `suspended_from`")
    columns = [received, 0 if which is None else which, suspended_from, suspended_to]
    (start, number, begin, end), leading, length = kinds.kinds_of(*columns)
    moments = kinds.spread(start, start.seconds(), length)
    suspended = None
    if suspended_from is not None:
        first, last = (kinds.spread(kind, kind.seconds(), length) for kind in (begin, end))
        suspended = (first, last)
    out = kinds.np.empty_like(moments)
    numbers = kinds.one_or_each(number, kinds.as_numbers_of_rules(number.steps()))
    native._due(_or_vietnam(calendar), moments, rules, numbers, suspended, out, _way(threads, errors))
    return leading.put_seconds(out)


def _rule(limit: TimeLimit | LimitRule | str, policy: _Policy | None, options: RuleOptions) -> LimitRule:
    if isinstance(limit, LimitRule):
        if options:
            raise TypeError("a LimitRule has its own options; give them to it")
        rule = limit
    else:
        rule = LimitRule(limit, **options)
    return rule if policy is None else rule._suspending(policy)


def busday_offset(
    dates: Any, offsets: Any, roll: _BusdayRoll = "raise", *, calendar: Calendar | None = None, threads: int = 1
) -> Any:
    """``numpy.busday_offset`` by this calendar: the same arguments, rules, shapes and types."""
    from . import _kinds as kinds

    np = kinds.np
    days, steps = _busdays(dates), np.asarray(offsets)
    step: Any
    if steps.ndim:
        days, steps = np.broadcast_arrays(days, steps)
        step = kinds.whole(steps.reshape(-1), "whole numbers")
    else:
        step = int(kinds.whole(steps.reshape(1), "whole numbers")[0])
    if roll not in ("nat", "forward", "backward", *_ROLLS):
        raise ValueError(f'"{roll}" is no way to roll; use raise, nat, or a direction such as forward')
    if roll == "raise" and np.isnat(days).any():
        raise ValueError("NaT input in busday_offset")
    flat = kinds.proper(days.reshape(-1).view(np.int64))
    out = np.empty_like(flat)
    word, found = _ROLLS.get(roll, roll), _or_vietnam(calendar)
    if roll == "nat":
        bad = native._add_working_days(found, flat, step, "refuse", out, _way(threads, "null"))
        # What was refused for another reason than being no working day is an error.
        works = np.empty(len(bad), bool)
        works[native._is_working_day(found, flat[bad], works, (1, True))] = True
        if works.any():
            left = flat.copy()
            left[np.asarray(bad)[~works]] = kinds.MISSING
            native._add_working_days(found, left, step, "refuse", out, _way(threads, "raise"))
    else:
        native._add_working_days(found, flat, step, word, out, _way(threads, "raise"))
    return out.view("M8[D]").reshape(days.shape)[()]


def busday_count(begindates: Any, enddates: Any, *, calendar: Calendar | None = None, threads: int = 1) -> Any:
    """``numpy.busday_count`` by this calendar: the days from each begin on up to its end, which is not counted."""
    from . import _kinds as kinds

    np = kinds.np
    begin, end = np.broadcast_arrays(_busdays(begindates), _busdays(enddates))
    if np.isnat(begin).any() or np.isnat(end).any():
        raise ValueError("Cannot compute a business day count with a NaT (not-a-time) date")
    ends = [kinds.proper(days.reshape(-1).view(np.int64)) for days in (begin, end)]
    out = np.empty(begin.size, np.int64)
    native._count_working_days(_or_vietnam(calendar), ends[0], ends[1], False, out, _way(threads, "raise"))
    return out.reshape(begin.shape)[()]


def is_busday(dates: Any, *, calendar: Calendar | None = None, threads: int = 1) -> Any:
    """``numpy.is_busday`` by this calendar; NaT is no working day."""
    from . import _kinds as kinds

    np = kinds.np
    days = _busdays(dates)
    out = np.empty(days.size, bool)
    flat = kinds.proper(days.reshape(-1).view(np.int64))
    native._is_working_day(_or_vietnam(calendar), flat, out, _way(threads, "raise"))
    return out.reshape(days.shape)[()]


def _busdays(dates: Any) -> np.ndarray:
    """Whatever NumPy takes for dates."""
    from . import _kinds as kinds

    np = kinds.np
    values = np.asarray(dates)
    if values.dtype.kind != "M":
        values = np.asarray(dates, "M8[D]")
    return np.asarray(values.astype("M8[D]", copy=False))
