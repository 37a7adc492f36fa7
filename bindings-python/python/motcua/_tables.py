"""Columns of pyarrow, Polars and pandas."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ._kinds import MISSING, Array, Kind, Sequence, as_moments, as_narrow, missing, wrong


class Arrow(Kind):
    """An array or a chunked array of pyarrow. Chunks stay as they are."""

    def __init__(self, values: Any) -> None:
        import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

        self.pa, self.values, self.length = pa, values, len(values)
        self.type = values.type
        kinds = pa.types
        self.zoned = kinds.is_timestamp(self.type) and self.type.tz is not None
        self.dated = kinds.is_date(self.type) or kinds.is_timestamp(self.type)
        self.unit = self.type.unit if kinds.is_timestamp(self.type) or kinds.is_duration(self.type) else "s"

    def read(self, layout: Any, none: int | None = None) -> np.ndarray:
        """The numbers, in place if there is one chunk without nulls; `none`, or the smallest, for a null."""
        chunks = self.values.chunks if isinstance(self.values, self.pa.ChunkedArray) else [self.values]
        none = -(2 ** (layout.bit_width - 1)) if none is None else none
        numbers = np.dtype(layout.to_pandas_dtype())
        parts = [filled(chunk.view(layout), numbers, none) for chunk in chunks]
        return parts[0] if len(parts) == 1 else np.concatenate([*parts, np.empty(0, numbers)])

    def temporal(self, what: str) -> np.ndarray:
        pa, kinds = self.pa, self.pa.types
        if kinds.is_date32(self.type):
            return self.read(pa.int32())
        if kinds.is_date64(self.type):
            return self.read(pa.int64()).view("M8[ms]")
        if kinds.is_timestamp(self.type):
            return self.read(pa.int64()).view(f"M8[{self.unit}]")
        if kinds.is_null(self.type):
            return np.full(self.length or 0, MISSING).view("M8[s]")
        raise wrong(what, self.type)

    def numbers(self) -> np.ndarray:
        if self.pa.types.is_duration(self.type):
            return self.read(self.pa.int64()).view(f"m8[{self.unit}]")
        if self.pa.types.is_integer(self.type):
            return Arrow(self.values.cast(self.pa.int64())).read(self.pa.int64())
        raise wrong("whole numbers", self.type)

    def write(self, values: np.ndarray, kind: Any) -> Any:
        absent = missing(values)
        bits = None if absent is None else self.pa.py_buffer(np.packbits(~absent, bitorder="little"))
        return self.shaped(self.pa.Array.from_buffers(kind, len(values), [bits, self.pa.py_buffer(values)]))

    def shaped(self, result: Any) -> Any:
        if not isinstance(self.values, self.pa.ChunkedArray):
            return result
        ends = np.cumsum([0, *map(len, self.values.chunks)]).tolist()
        parts = [result.slice(start, end - start) for start, end in zip(ends, ends[1:])]
        return self.pa.chunked_array(parts, result.type)

    def temporals(self, values: np.ndarray, unit: str) -> Any:
        pa = self.pa
        kind = self.type if self.dated else pa.date32() if unit == "D" else pa.timestamp("s")
        if pa.types.is_date(kind) and unit == "s":
            kind = pa.timestamp("s")
        if pa.types.is_date32(kind):
            return self.write(as_narrow(values), kind)
        unit = "ms" if pa.types.is_date64(kind) else kind.unit
        return self.write(as_moments(values, unit).view(np.int64), kind)

    def integers(self, values: np.ndarray) -> Any:
        return self.write(values, self.pa.int64())

    def times(self, values: np.ndarray) -> Any:
        times = values.astype(f"m8[{self.unit}]", copy=False)
        return self.write(times.view(np.int64), self.pa.duration(self.unit))

    def flags(self, values: np.ndarray, absent: np.ndarray | None) -> Any:
        return self.shaped(self.pa.array(values, mask=absent))


def filled(plain: Any, numbers: np.dtype, none: int) -> np.ndarray:
    """The numbers of an array of pyarrow, whose own `to_numpy` and `fill_null` import pandas where that is installed."""
    valid, data = plain.buffers()
    start, length = plain.offset, len(plain)
    if not length:
        return np.empty(0, numbers)
    values = np.frombuffer(data, numbers, length, start * numbers.itemsize)
    if not plain.null_count:
        return values
    present = bits(valid, start, length)
    if numbers.itemsize > 1:
        return np.where(present.view(bool), values, numbers.type(none))
    # All ones where there is none. This takes a fifth of the time of choosing.
    absent = (present - np.uint8(1)).view(numbers)
    return np.asarray((values & ~absent) | (absent & numbers.type(none)))


def bits(buffer: Any, start: int, length: int) -> np.ndarray:
    """Bits of a buffer of Arrow, a byte each."""
    first = start // 8
    held = np.frombuffer(buffer, np.uint8)[first : (start + length + 7) // 8]
    return np.unpackbits(held, bitorder="little")[start - 8 * first :][:length]


class Foreign(Arrow):
    """Arrow of another library, read through pyarrow; what that library cannot read back stays pyarrow's."""

    def __init__(self, values: Any) -> None:
        import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

        self.back = getattr(type(values), "from_arrow", None)
        array = hasattr(values, "__arrow_c_array__")
        super().__init__(pa.array(values) if array else pa.chunked_array(values))

    def shaped(self, result: Any) -> Any:
        result = super().shaped(result)
        return self.back(result) if self.back else result


class Polars(Kind):
    """A series of Polars; the name stays."""

    def __init__(self, values: Any) -> None:
        self.pl = sys.modules["polars"]
        self.values, self.length, self.type = values, len(values), values.dtype
        self.zoned = getattr(self.type, "time_zone", None) is not None
        self.unit = getattr(self.type, "time_unit", None) or "us"

    def read(self, values: Any, width: int) -> np.ndarray:
        """The numbers, in place if there is one chunk without nulls."""
        if values.null_count():
            values = values.fill_null(-(2 ** (width - 1)))
        return np.asarray(values.rechunk().to_numpy())

    def temporal(self, what: str) -> np.ndarray:
        if self.type == self.pl.Date:
            return self.read(self.values.to_physical(), 32)
        if self.type == self.pl.Datetime:
            return self.read(self.values.to_physical(), 64).view(f"M8[{self.unit}]")
        if self.type == self.pl.Null:
            return np.full(self.length or 0, MISSING).view("M8[s]")
        raise wrong(what, self.type)

    def numbers(self) -> np.ndarray:
        if self.type == self.pl.Duration:
            return self.read(self.values.to_physical(), 64).view(f"m8[{self.unit}]")
        if self.type.is_integer():
            return self.read(self.values.cast(self.pl.Int64), 64)
        raise wrong("whole numbers", self.type)

    def write(self, values: np.ndarray, absent: np.ndarray | None, kind: Any) -> Any:
        series = self.pl.Series(self.values.name, values)
        if absent is not None:
            series = series.set(self.pl.Series(absent), None)
        return series.cast(kind)

    def temporals(self, values: np.ndarray, unit: str) -> Any:
        pl = self.pl
        moments = self.type == pl.Datetime or unit == "s"
        kind = self.type if self.type == pl.Datetime else pl.Datetime(self.unit) if moments else pl.Date()
        numbers = as_moments(values, self.unit).view(np.int64) if moments else as_narrow(values)
        return self.write(numbers, missing(numbers), kind)

    def integers(self, values: np.ndarray) -> Any:
        return self.write(values, missing(values), self.pl.Int64)

    def times(self, values: np.ndarray) -> Any:
        numbers = values.astype(f"m8[{self.unit}]", copy=False).view(np.int64)
        return self.write(numbers, missing(numbers), self.pl.Duration(self.unit))

    def flags(self, values: np.ndarray, absent: np.ndarray | None) -> Any:
        return self.write(values, absent, self.pl.Boolean)


class Pandas(Kind):
    """A series or index of pandas; index, name, unit and zone stay. Counts that are missing make it `Int64`."""

    def __init__(self, values: Any) -> None:
        self.pd = sys.modules["pandas"]
        self.indexed = isinstance(values, self.pd.Index)
        series = values.to_series(index=range(len(values))) if self.indexed else values
        self.values, self.length = series, len(series)
        self.index = None if self.indexed else series.index
        kind = series.dtype
        self.zone = getattr(kind, "tz", None)
        self.zoned = self.zone is not None
        numpy = isinstance(kind, np.dtype)
        timed = self.zoned or (numpy and kind.kind in "mM")
        self.unit = "s" if not timed else kind.unit if self.zoned else np.datetime_data(kind)[0]
        self.inner: Kind | None = None
        if isinstance(kind, self.pd.ArrowDtype):
            self.inner = Arrow(series.array.__arrow_array__())
            self.zoned, self.unit = self.inner.zoned, self.inner.unit
        elif numpy and kind.kind == "O":
            self.inner = Sequence(series.tolist())

    def temporal(self, what: str) -> np.ndarray:
        if self.inner is not None:
            return self.inner.temporal(what)
        if self.zoned:
            return np.asarray(self.values.to_numpy(dtype=f"M8[{self.unit}]"))
        return Array(self.values.to_numpy()).temporal(what)

    def numbers(self) -> np.ndarray:
        if self.inner is not None:
            return self.inner.numbers()
        if isinstance(self.values.dtype, np.dtype):
            return np.asarray(self.values.to_numpy())
        return np.asarray(self.values.to_numpy(dtype=np.int64, na_value=MISSING))

    def shaped(self, values: Any, kind: Any = None) -> Any:
        if isinstance(self.inner, Arrow):
            values = self.pd.arrays.ArrowExtensionArray(values)
        name = self.values.name
        if self.indexed:
            return self.pd.Index(values, name=name, dtype=kind)
        return self.pd.Series(values, index=self.index, name=name, dtype=kind, copy=False)

    def temporals(self, values: np.ndarray, unit: str) -> Any:
        if self.inner is not None:
            kind = object if isinstance(self.inner, Sequence) else None
            return self.shaped(self.inner.temporals(values, unit), kind)
        moments = as_moments(values, self.unit)
        if not self.zoned:
            return self.shaped(moments)
        return self.shaped(self.pd.DatetimeIndex(moments).tz_localize("UTC").tz_convert(self.zone))

    def integers(self, values: np.ndarray) -> Any:
        if isinstance(self.inner, Arrow):
            return self.shaped(self.inner.integers(values))
        absent = missing(values)
        return self.shaped(values if absent is None else self.pd.arrays.IntegerArray(values, absent))

    def times(self, values: np.ndarray) -> Any:
        if isinstance(self.inner, Arrow):
            return self.shaped(self.inner.times(values))
        return self.shaped(values.astype(f"m8[{self.unit}]", copy=False))

    def flags(self, values: np.ndarray, absent: np.ndarray | None) -> Any:
        if isinstance(self.inner, Arrow):
            return self.shaped(self.inner.flags(values, absent))
        return self.shaped(values if absent is None else self.pd.arrays.BooleanArray(values, absent))
