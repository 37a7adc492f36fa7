"""The columns that cohorts count, read into numbers of the widths that they have in the library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._kinds import MISSING, Array, Kind, Sequence, kinds_of, missing, np, proper, smallest, spread, whole, wrong
from ._tables import Arrow, Pandas, Polars, bits

DAYS = np.dtype(np.int32)
FLAG = np.dtype(np.uint8)

# What each column is read into, and what stands there for a value that is missing. No group is so large, so that a row
# without one is refused; and so is one of which is not known how it came in.
COLUMNS: dict[str, tuple[np.dtype, int]] = {
    "group": (np.dtype(np.uint32), -1),
    "received": (DAYS, smallest(np.empty(0, DAYS))),
    "due": (DAYS, smallest(np.empty(0, DAYS))),
    "finished": (DAYS, smallest(np.empty(0, DAYS))),
    "online": (FLAG, 2),
    "digitised": (FLAG, 2),
    "paid_online": (FLAG, 2),
    "rating": (np.dtype(np.int8), -1),
}


def read(table: Any, names: Mapping[str, str | None] | None) -> tuple[np.ndarray, ...]:
    """The columns of a table, in the order of `COLUMNS`."""
    called = {name: name for name in COLUMNS} | dict(names or {})
    unknown = called.keys() - COLUMNS.keys()
    if unknown:
        raise TypeError(f"{min(unknown)!r} is no column that is counted; use {', '.join(COLUMNS)}")
    given = [None if theirs is None else unmasked(table[theirs]) for theirs in called.values()]
    kinds, _, length = kinds_of(*given)
    read = []
    for kind, (layout, none) in zip(kinds, COLUMNS.values()):
        values = days(kind) if layout == DAYS else narrow(numbers(kind, none), layout)
        read.append(spread(kind, values, length))
    return tuple(read)


def unmasked(values: Any) -> Any:
    """Masked numbers wide enough for what stands for a missing one."""
    narrow = isinstance(values, np.ma.MaskedArray) and values.dtype.kind in "biu"
    return values.astype(np.int64) if narrow else values


def days(kind: Kind) -> np.ndarray:
    """Days of 32 bits; whole numbers are days already."""
    none = COLUMNS["due"][1]
    try:
        values = kind.days()
    except TypeError as error:
        try:
            values = numbers(kind, none)
        except TypeError:
            raise error from None
    values = present(values, none)
    limits = np.iinfo(DAYS)
    if values.dtype != DAYS and values.size and (values.min() < limits.min or values.max() > limits.max):
        raise OverflowError("days since 1970 are counted in 32 bits; give days, or columns of dates")
    return proper(values.astype(DAYS, copy=False))


def numbers(kind: Kind, none: int) -> np.ndarray:
    """Whole numbers or truths in the width that they have; `none` for what is missing, in one that has room for it."""
    if isinstance(kind, Pandas):
        if kind.inner is not None:
            return numbers(kind.inner, none)
        if isinstance(kind.values.dtype, np.dtype):
            return numbers(Array(kind.values.to_numpy()), none)
        return present(kind.numbers(), none)
    if isinstance(kind, Arrow):
        pa, kinds = kind.pa, kind.pa.types
        if kinds.is_boolean(kind.type):
            chunks = kind.values.chunks if isinstance(kind.values, pa.ChunkedArray) else [kind.values]
            parts = [truths(chunk, none) for chunk in chunks]
            return parts[0] if len(parts) == 1 else np.concatenate([*parts, np.empty(0, FLAG)])
        if not kinds.is_integer(kind.type) and not kinds.is_null(kind.type):
            raise wrong("whole numbers", kind.type)
        if kinds.is_null(kind.type) or (kind.values.null_count and not fits(none, kind.type)):
            kind = Arrow(kind.values.cast(pa.int64()))
        return kind.read(kind.type, none)
    if isinstance(kind, Polars):
        pl, series = kind.pl, kind.values
        if series.dtype == pl.Boolean:
            series = series.cast(pl.UInt8)
        if series.null_count():
            series = series.cast(pl.Int64).fill_null(none)
        if series.dtype.is_integer():
            return np.asarray(series.rechunk().to_numpy())
        raise wrong("whole numbers", kind.type)
    values = kind.numbers()
    if values.dtype.kind == "O":
        values = Sequence(values.tolist()).numbers()
    if values.dtype.kind == "f":
        absent = np.isnan(values)
        if (values[~absent] % 1 != 0).any():
            raise wrong("whole numbers", values.dtype)
        values = np.where(absent, none, values).astype(np.int64)
    if values.dtype.kind == "b":
        values = values.view(np.uint8)
    return present(values if values.dtype.kind in "iu" else whole(values, "whole numbers"), none)


def truths(chunk: Any, none: int) -> np.ndarray:
    """Truths of an array of pyarrow as bytes."""
    valid, data = chunk.buffers()
    start, length = chunk.offset, len(chunk)
    if not length:
        return np.empty(0, FLAG)
    values = bits(data, start, length)
    if not chunk.null_count:
        return values
    # All ones where there is none.
    absent = bits(valid, start, length) - FLAG.type(1)
    return np.asarray((values & ~absent) | (absent & FLAG.type(none % 256)))


def fits(none: int, layout: Any) -> bool:
    """Whether a number fits an Arrow type of whole numbers."""
    limits = np.iinfo(layout.to_pandas_dtype())
    return bool(limits.min <= none <= limits.max)


def present(values: np.ndarray, none: int) -> np.ndarray:
    """What is missing among numbers of 64 bits, made `none`."""
    absent = missing(values) if values.dtype == np.int64 else None
    return values if absent is None else np.where(absent, none, values)


def narrow(values: np.ndarray, layout: np.dtype) -> np.ndarray:
    """Whole numbers in a width. What does not fit becomes the largest one, which cannot be counted."""
    limits = np.iinfo(layout)
    if values.dtype == layout:
        return proper(values)
    if values.size == 0 or (values.min() >= limits.min and values.max() <= limits.max):
        return proper(values.view(layout) if values.itemsize == layout.itemsize else values.astype(layout))
    narrowed = values.astype(layout)
    narrowed[(values < limits.min) | (values > limits.max)] = limits.max
    return narrowed
