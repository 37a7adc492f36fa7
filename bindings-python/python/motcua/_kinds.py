"""Kinds of columns: each is read into numbers, and results become a column of the same kind again.

Dates are days, moments are seconds of Vietnam time, both since 1970; the smallest number stands for a missing one. What
has that layout already is read in place.
"""

from __future__ import annotations

import operator
import sys
from datetime import date, datetime, timedelta, timezone
from typing import Any

try:
    import numpy as np
except ModuleNotFoundError:
    raise ModuleNotFoundError("columns need NumPy; install numpy", name="numpy") from None

MISSING = -(2**63)
UNITS = ("s", "ms", "us", "ns")
VIETNAM = timezone(timedelta(hours=7))
AHEAD = np.timedelta64(7 * 3600, "s")


def smallest(numbers: np.ndarray) -> int:
    """What stands for a missing number of that width."""
    return int(np.iinfo(numbers.dtype).min)


def missing(numbers: np.ndarray) -> np.ndarray | None:
    """Which are missing; nothing if none is."""
    if numbers.size == 0 or numbers.min() != smallest(numbers):
        return None
    return np.asarray(numbers == smallest(numbers))


def proper(values: np.ndarray) -> np.ndarray:
    """The numbers side by side, as the library needs them; they are copied only if they do not lie so."""
    return np.require(values, requirements=["C", "A"])


def unit_of(values: np.ndarray) -> str:
    """The unit of moments or times, if it is one of those that other libraries have too; else seconds."""
    unit = np.datetime_data(values.dtype)
    return unit[0] if unit[0] in UNITS and unit[1] == 1 else "s"


def wrong(what: str, kind: object) -> TypeError:
    return TypeError(f"{kind} are no {what}; give a column of {what}")


def absent(value: Any) -> bool:
    """Whether a value stands for none: None, NaN, NaT, and pandas' NA, whose comparisons are NA."""
    if value is None or isinstance(value, bool):
        return value is None
    differs = value != value
    return differs is value or bool(differs)


def whole(values: np.ndarray, what: str) -> np.ndarray:
    """Whole numbers of 64 bits."""
    if values.dtype.kind not in "iu":
        raise wrong(what, values.dtype)
    if values.dtype == np.uint64 and values.size and values.max() > np.iinfo(np.int64).max:
        raise OverflowError(f"{values.max()} is too large")
    return proper(values.astype(np.int64, copy=False))


def plain(value: Any, what: str) -> Any:
    """A single date or moment without a zone; None if it is missing."""
    if absent(value):
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo is None else value.astimezone(VIETNAM).replace(tzinfo=None)
    if isinstance(value, (date, np.datetime64)):
        return value
    raise wrong(what, f"values of {type(value).__name__}")


class Kind:
    """A column, or a single value, in which case there is no `length`."""

    length: int | None = None
    index: Any = None
    """The labels of the rows, where a kind has them."""

    # Reading. Dates and moments are days of 32 bits, or datetime64; `zoned` ones are of UTC.
    zoned = False

    def temporal(self, what: str) -> np.ndarray:
        raise NotImplementedError

    def numbers(self) -> np.ndarray:
        """Whole numbers, or timedelta64."""
        raise NotImplementedError

    # Writing.
    def temporals(self, values: np.ndarray, unit: str) -> Any:
        """Dates or moments, as days of 32 bits or datetime64."""
        raise NotImplementedError

    def integers(self, values: np.ndarray) -> Any:
        raise NotImplementedError

    def times(self, values: np.ndarray) -> Any:
        """Times, as timedelta64[s]."""
        raise NotImplementedError

    def flags(self, values: np.ndarray, absent: np.ndarray | None) -> Any:
        raise NotImplementedError

    # What all have in common.
    def days(self) -> np.ndarray:
        values = self.temporal("dates")
        if values.dtype != np.int32:
            moved = values + AHEAD if self.zoned else values
            values = moved.astype("M8[D]", copy=False).view(np.int64)
        return proper(values)

    def seconds(self) -> np.ndarray:
        values = self.temporal("moments")
        values = as_days(values) if values.dtype == np.int32 else values
        moved = values + AHEAD if self.zoned else values
        return proper(moved.astype("M8[s]", copy=False).view(np.int64))

    def steps(self) -> np.ndarray:
        return whole(self.numbers(), "whole numbers")

    def spans(self) -> np.ndarray:
        """Times in seconds; whole numbers are seconds already."""
        values = self.numbers()
        if values.dtype.kind == "m":
            return proper(values.astype("m8[s]", copy=False).view(np.int64))
        return whole(values, "times")

    def put_days(self, out: np.ndarray) -> Any:
        if not self.zoned:
            return self.temporals(out if out.dtype == np.int32 else out.view("M8[D]"), "D")
        wide = as_days(out) if out.dtype == np.int32 else out.view("M8[D]")
        return self.temporals(wide - AHEAD, "D")

    def put_seconds(self, out: np.ndarray) -> Any:
        moments = out.view("M8[s]")
        return self.temporals(moments - AHEAD if self.zoned else moments, "s")


def as_days(values: np.ndarray) -> np.ndarray:
    """Days of 32 bits as datetime64[D]."""
    wide = values.astype(np.int64)
    absent = missing(values)
    if absent is not None:
        wide[absent] = MISSING
    return wide.view("M8[D]")


def as_narrow(values: np.ndarray) -> np.ndarray:
    """Dates as days of 32 bits."""
    if values.dtype == np.int32:
        return values
    wide = values.astype("M8[D]", copy=False).view(np.int64)
    absent = missing(wide)
    narrow = wide.astype(np.int32)
    if absent is not None:
        narrow[absent] = smallest(narrow)
    return narrow


def as_moments(values: np.ndarray, unit: str) -> np.ndarray:
    """Dates or moments in a unit."""
    return (as_days(values) if values.dtype == np.int32 else values).astype(f"M8[{unit}]", copy=False)


class Array(Kind):
    """NumPy. Counts that are missing make it numbers with a point, as NaN is one; a missing date is no working day."""

    def __init__(self, values: np.ndarray) -> None:
        self.values, self.shape, self.length = values, values.shape, values.size
        self.unit = unit_of(values) if values.dtype.kind in "mM" else "s"

    def temporal(self, what: str) -> np.ndarray:
        values = self.values.reshape(-1)
        if values.dtype.kind == "O":
            return Sequence(values.tolist()).temporal(what)
        if values.dtype.kind != "M":
            raise wrong(what, values.dtype)
        return values if np.datetime_data(values.dtype)[0] != "generic" else values.astype("M8[s]")

    def numbers(self) -> np.ndarray:
        return self.values.reshape(-1)

    def temporals(self, values: np.ndarray, unit: str) -> Any:
        return as_moments(values, "D" if unit == "D" else self.unit).reshape(self.shape)

    def integers(self, values: np.ndarray) -> Any:
        absent = missing(values)
        if absent is not None:
            values = np.where(absent, np.nan, values)
        return values.reshape(self.shape)

    def times(self, values: np.ndarray) -> Any:
        return values.astype(f"m8[{self.unit}]", copy=False).reshape(self.shape)

    def flags(self, values: np.ndarray, absent: np.ndarray | None) -> Any:
        return values.reshape(self.shape)


class Sequence(Kind):
    """A list or tuple; lists come out, with None for what is missing."""

    def __init__(self, values: Any) -> None:
        self.values, self.length = values, len(values)

    def temporal(self, what: str) -> np.ndarray:
        return np.array([plain(value, what) for value in self.values], "M8[us]")

    def numbers(self) -> np.ndarray:
        values = [None if absent(value) else value for value in self.values]
        if any(isinstance(value, (timedelta, np.timedelta64)) for value in values):
            return np.array(values, "m8[us]")
        return np.array([MISSING if value is None else operator.index(value) for value in values], np.int64)

    def temporals(self, values: np.ndarray, unit: str) -> Any:
        return as_moments(values, unit).tolist()

    def integers(self, values: np.ndarray) -> Any:
        return self.flags(values, missing(values))

    def times(self, values: np.ndarray) -> Any:
        return values.tolist()

    def flags(self, values: np.ndarray, absent: np.ndarray | None) -> Any:
        listed: list[Any] = values.tolist()
        if absent is not None:
            for row in np.flatnonzero(absent):
                listed[row] = None
        return listed


class Single(Sequence):
    """One value for all rows; of NumPy's, one of NumPy's comes out."""

    def __init__(self, value: Any) -> None:
        super().__init__([value])
        self.length = None
        self.numpy = isinstance(value, np.generic)

    def temporals(self, values: np.ndarray, unit: str) -> Any:
        return as_moments(values, unit)[0] if self.numpy else super().temporals(values, unit)[0]

    def times(self, values: np.ndarray) -> Any:
        return values[0] if self.numpy else values.tolist()[0]

    def flags(self, values: np.ndarray, absent: np.ndarray | None) -> Any:
        return super().flags(values, absent)[0]


def kind_of(values: Any) -> Kind:
    """The kind of a column. A library whose columns these are has been imported by whoever made them."""
    if isinstance(values, np.ma.MaskedArray):
        none: Any = np.array("NaT", values.dtype) if values.dtype.kind in "mM" else MISSING
        values = values.filled(none)
    if isinstance(values, np.ndarray):
        return Array(values) if values.ndim else Single(values[()])
    if isinstance(values, (list, tuple)):
        return Sequence(values)
    from . import _tables as tables

    pandas, polars, pyarrow = (sys.modules.get(name) for name in ("pandas", "polars", "pyarrow"))
    if pandas is not None and isinstance(values, (pandas.Series, pandas.Index)):
        return tables.Pandas(values)
    if polars is not None and isinstance(values, polars.Series):
        return tables.Polars(values)
    if pyarrow is not None and isinstance(values, (pyarrow.Array, pyarrow.ChunkedArray)):
        return tables.Arrow(values)
    if hasattr(values, "__arrow_c_array__") or hasattr(values, "__arrow_c_stream__"):
        return tables.Foreign(values)
    return Single(values)


def kinds_of(*columns: Any) -> tuple[list[Kind], Kind, int]:
    """The kinds of columns that belong together, the one whose kind the result has, and its length."""
    kinds = [kind_of(values) for values in columns]
    leading = next((kind for kind in kinds if kind.length is not None), kinds[0])
    labelled = [kind for kind in kinds if kind.index is not None]
    if any(not labelled[0].index.equals(other.index) for other in labelled[1:]):
        raise ValueError("the columns are not labelled alike; align them first")
    return kinds, leading, 1 if leading.length is None else leading.length


def spread(kind: Kind, values: np.ndarray, length: int) -> np.ndarray:
    """A single value for each row."""
    return values if kind.length is not None or length == 1 else np.full(length, values[0])


def one_or_each(kind: Kind, values: np.ndarray) -> Any:
    """A single value as a number."""
    return int(values[0]) if kind.length is None else values


def of_one_width(kinds: list[Kind], length: int) -> list[Any]:
    """Days as numbers or columns, all columns wide if one is."""
    days = [kind.days() for kind in kinds]
    if all(kind.length is None or values.dtype == np.int32 for kind, values in zip(kinds, days)):
        return [one_or_each(kind, values) for kind, values in zip(kinds, days)]
    wide = [as_days(values).view(np.int64) if values.dtype == np.int32 else values for values in days]
    return [one_or_each(kind, values) for kind, values in zip(kinds, wide)]


def as_numbers_of_rules(numbers: np.ndarray) -> np.ndarray:
    """Numbers of rules; one that is missing or too large is that of no rule."""
    most = np.iinfo(np.uint16).max
    return np.where((numbers < 0) | (numbers > most), most, numbers).astype(np.uint16)
