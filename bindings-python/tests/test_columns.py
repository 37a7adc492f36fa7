import pickle
import subprocess
import sys
import threading
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import motcua

VIETNAM = motcua.Calendar.vietnam()
DATES = [date(2024, 4, 26), date(2024, 4, 27), None, date(2026, 12, 31), date(2025, 1, 24)]
LATER = [date(2024, 5, 2), date(2024, 5, 2), None, date(2027, 1, 4), date(2025, 2, 3)]
MOMENTS = [datetime(2026, 6, 5, 16, 0), datetime(2024, 4, 29, 9, 30), None, datetime(2026, 6, 8, 20, 15, 30)]
HOURS_LATER = [
    None if at is None else VIETNAM.add_working_time(at, timedelta(hours=3)) for at in MOMENTS
]
UTC = timezone.utc
ZONES = ["UTC", "Asia/Ho_Chi_Minh", "America/New_York"]


def numpy_of(values, unit="D"):
    return np.array(values, f"M8[{unit}]")


def instants(values, zone):
    """Vietnam moments as those of a zone."""
    vietnam = timezone(timedelta(hours=7))
    return [None if at is None else at.replace(tzinfo=vietnam).astimezone(ZoneInfo(zone)) for at in values]


# Each kind of column of dates: how it is made of a list, how it becomes one again.
KINDS = {
    "list": (list, list),
    "tuple": (tuple, list),
    "numpy": (numpy_of, lambda out: out.tolist()),
    "numpy[ns]": (lambda values: numpy_of(values, "ns"), lambda out: out.astype("M8[D]").tolist()),
    "objects": (lambda values: np.array(values, object), lambda out: out.tolist()),
    "backwards": (lambda values: numpy_of(values)[::-1].copy()[::-1], lambda out: out.tolist()),
    "big-endian": (lambda values: numpy_of(values).astype(">M8[D]"), lambda out: out.tolist()),
    "pandas": (lambda values: pd.Series(numpy_of(values, "s")), lambda out: dates_of_pandas(out)),
    "pandas[ns]": (lambda values: pd.Series(numpy_of(values, "ns")), lambda out: dates_of_pandas(out)),
    "pandas objects": (lambda values: pd.Series(values, dtype=object), list),
    "pandas index": (lambda values: pd.DatetimeIndex(numpy_of(values, "s")), lambda out: dates_of_pandas(out)),
    "pandas arrow": (
        lambda values: pd.Series(values, dtype=pd.ArrowDtype(pa.date32())),
        lambda out: [None if pd.isna(at) else at for at in out],
    ),
    "polars": (lambda values: pl.Series(values, dtype=pl.Date), lambda out: out.to_list()),
    "polars chunks": (
        lambda values: pl.Series(values[:2], dtype=pl.Date).append(pl.Series(values[2:], dtype=pl.Date)),
        lambda out: out.to_list(),
    ),
    "date32": (lambda values: pa.array(values, pa.date32()), lambda out: out.to_pylist()),
    "date64": (lambda values: pa.array(values, pa.date64()), lambda out: out.to_pylist()),
    "slice": (lambda values: pa.array([None, *values], pa.date32())[1:], lambda out: out.to_pylist()),
    "chunks": (
        lambda values: pa.chunked_array([values[:2], [], values[2:]], pa.date32()),
        lambda out: out.to_pylist(),
    ),
}


def dates_of_pandas(out):
    return [None if pd.isna(at) else at.date() for at in out]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_dates_comes_out_as_it_went_in(kind):
    make, back = KINDS[kind]
    column = make(DATES)
    out = motcua.add_working_days(column, 1, roll="not_counted")
    assert back(out) == LATER
    if kind != "tuple":
        assert type(out) is type(column)
    for dtype in ("dtype", "type"):
        if hasattr(column, dtype) and not isinstance(column, np.ndarray):
            assert getattr(out, dtype) == getattr(column, dtype)
    whole = make([day for day in DATES if day])
    assert back(motcua.add_working_days(whole, 1, roll="not_counted")) == [day for day in LATER if day]
    assert back(motcua.add_working_days(make([]), 1, roll="not_counted")) == []
    # Counting undoes adding; a column against itself, and against one day.
    assert listed(motcua.count_working_days(column, out)) == [1, 1, None, 1, 1]
    one = motcua.count_working_days(column, date(2024, 4, 30))
    assert listed(one) == [None if day is None else VIETNAM.count_working_days(day, date(2024, 4, 30)) for day in DATES]
    assert listed(motcua.count_working_days(date(2024, 4, 30), column))[0] == -1
    works = [None if day is None else VIETNAM.is_working_day(day) for day in DATES]
    told = listed(motcua.is_working_day(column))
    assert told == ([bool(work) for work in works] if isinstance(column, np.ndarray) else works)


def listed(out):
    """A column of counts or truths as a list."""
    values = out.to_pylist() if hasattr(out, "to_pylist") else out.to_list() if hasattr(out, "to_list") else list(out)
    return [None if value is None or value is pd.NA or value != value else value for value in values]


def test_the_shapes_and_types_of_numpy():
    days = numpy_of([[date(2024, 4, 26)], [date(2024, 4, 29)]])
    out = motcua.add_working_days(days, 1, roll="not_counted")
    assert (out.dtype, out.shape) == (np.dtype("M8[D]"), (2, 1))
    assert motcua.count_working_days(days, days + 7).dtype == np.int64
    missing = motcua.count_working_days(date(2024, 4, 26), numpy_of([None, date(2024, 5, 3)]))
    assert missing.dtype == np.float64 and np.isnan(missing[0]) and missing[1] == 2
    assert motcua.is_working_day(days).dtype == np.bool_
    assert motcua.add_working_days(np.datetime64("2024-04-26"), 1, roll="not_counted") == np.datetime64("2024-05-02")


def test_single_values():
    assert motcua.add_working_days(date(2024, 4, 26), 1, roll="not_counted") == date(2024, 5, 2)
    assert motcua.add_working_days(None, 1, roll="not_counted") is None
    assert motcua.count_working_days(date(2024, 4, 26), date(2024, 5, 4)) == 3
    assert motcua.is_working_day(date(2024, 5, 4)) is True and motcua.is_working_day(None) is None
    assert motcua.add_working_time(datetime(2026, 6, 5, 16), timedelta(hours=8)) == datetime(2026, 6, 8, 16)
    assert motcua.add_working_time(datetime(2026, 6, 5, 9, tzinfo=UTC), 8 * 3600) == datetime(2026, 6, 8, 16)
    assert motcua.count_working_time(datetime(2026, 6, 5, 16), datetime(2026, 6, 8, 16)) == timedelta(hours=8)
    assert motcua.due(datetime(2026, 6, 1, 9), "3 working_day") == datetime(2026, 6, 4, 17)
    # One date for a column of steps is of the steps' kind.
    assert motcua.add_working_days(date(2024, 4, 26), [1, None, -1], roll="not_counted") == [
        date(2024, 5, 2),
        None,
        date(2024, 4, 25),
    ]
    steps = pl.Series("n", [1, None], dtype=pl.Int16)
    assert motcua.add_working_days(date(2024, 4, 26), steps, roll="not_counted").dtype == pl.Date
    assert motcua.add_working_days(date(2024, 4, 26), pa.array([1, None]), roll="not_counted").to_pylist() == [
        date(2024, 5, 2),
        None,
    ]


def test_pandas_keeps_index_name_and_unit():
    for unit in ("s", "ms", "us", "ns"):
        series = pd.Series(numpy_of(DATES, unit), index=list("abcde"), name="ngày")
        out = motcua.add_working_days(series, pd.Series([1] * 5, index=list("abcde")), roll="not_counted")
        assert (out.name, out.dtype, list(out.index)) == ("ngày", series.dtype, list("abcde"))
        assert dates_of_pandas(out) == LATER
        counts = motcua.count_working_days(series, out)
        assert (counts.name, str(counts.dtype), counts["a"]) == ("ngày", "Int64", 1)
        assert str(motcua.count_working_days(series.dropna(), date(2027, 1, 1)).dtype) == "int64"
        assert str(motcua.is_working_day(series).dtype) == "boolean"
        assert str(motcua.is_working_day(series.dropna()).dtype) == "bool"
    nullable = pd.Series([1, None, 1, 1, 1], dtype="Int64")
    assert dates_of_pandas(motcua.add_working_days(pd.Series(numpy_of(DATES, "s")), nullable, roll="not_counted")) == [
        LATER[0],
        None,
        None,
        *LATER[3:],
    ]
    with pytest.raises(ValueError, match="align them first"):
        motcua.count_working_days(series, pd.Series(numpy_of(DATES, "s")))
    index = motcua.add_working_days(pd.DatetimeIndex(numpy_of(DATES, "s"), name="n"), 1, roll="not_counted")
    assert index.name == "n"


# Each kind of column of moments, in Vietnam time and of zones.
MOMENT_KINDS = {
    "list": (list, list),
    **{
        f"numpy[{unit}]": (lambda values, unit=unit: numpy_of(values, unit), lambda out: out.astype("M8[s]").tolist())
        for unit in ("s", "ms", "us", "ns")
    },
    **{
        f"pandas[{unit}]": (
            lambda values, unit=unit: pd.Series(numpy_of(values, unit), name="x"),
            lambda out: [None if pd.isna(at) else at.to_pydatetime() for at in out],
        )
        for unit in ("s", "ns")
    },
    **{
        f"timestamp[{unit}]": (
            lambda values, unit=unit: pa.array(values, pa.timestamp(unit)),
            lambda out: out.cast(pa.timestamp("s")).to_pylist(),
        )
        for unit in ("s", "ms", "us", "ns")
    },
    **{
        f"polars[{unit}]": (lambda values, unit=unit: pl.Series(values, dtype=pl.Datetime(unit)), pl.Series.to_list)
        for unit in ("ms", "us", "ns")
    },
    "pandas arrow": (
        lambda values: pd.Series(values, dtype=pd.ArrowDtype(pa.timestamp("us"))),
        lambda out: [None if pd.isna(at) else at.to_pydatetime() for at in out],
    ),
    **{
        f"pandas {zone}": (
            lambda values, zone=zone: pd.Series(pd.DatetimeIndex(instants(values, "UTC")).tz_convert(zone)),
            lambda out: [None if pd.isna(at) else at.tz_convert("+07:00").replace(tzinfo=None) for at in out],
        )
        for zone in ZONES
    },
    **{
        f"timestamp {zone}": (
            lambda values, zone=zone: pa.array(instants(values, "UTC"), pa.timestamp("us", zone)),
            lambda out: vietnamese(out.to_pylist()),
        )
        for zone in ZONES
    },
    **{
        f"polars {zone}": (
            lambda values, zone=zone: pl.Series(instants(values, "UTC"), dtype=pl.Datetime("us", zone)),
            lambda out: vietnamese(out.to_list()),
        )
        for zone in ZONES
    },
    "pandas arrow zone": (
        lambda values: pd.Series(instants(values, "UTC"), dtype=pd.ArrowDtype(pa.timestamp("us", "UTC"))),
        lambda out: [None if pd.isna(at) else vietnamese([at.to_pydatetime()])[0] for at in out],
    ),
}


def vietnamese(values):
    vietnam = timezone(timedelta(hours=7))
    return [None if at is None else at.astimezone(vietnam).replace(tzinfo=None) for at in values]


@pytest.mark.parametrize("kind", MOMENT_KINDS)
def test_each_kind_of_moments_comes_out_as_it_went_in(kind):
    make, back = MOMENT_KINDS[kind]
    column = make(MOMENTS)
    out = motcua.add_working_time(column, timedelta(hours=3))
    assert back(out) == HOURS_LATER and type(out) is type(column)
    for dtype in ("dtype", "type"):
        if hasattr(column, dtype):
            assert getattr(out, dtype) == getattr(column, dtype)
    assert back(motcua.add_working_time(column, 3 * 3600)) == HOURS_LATER
    hours = [timedelta(hours=3) if at else None for at in MOMENTS]
    assert spans(motcua.count_working_time(column, out)) == hours
    due = motcua.due(column, "3 working_day")
    assert back(due) == [None if at is None else motcua.Clock("3 working_day", at).due() for at in MOMENTS]
    # As dates, moments are the days of Vietnam.
    days = listed(motcua.is_working_day(column))
    expected = [None if at is None else VIETNAM.is_working_day(at.date()) for at in MOMENTS]
    assert days == ([bool(work) for work in expected] if isinstance(column, np.ndarray) else expected)
    midnights = motcua.add_working_days(column, 1, roll="not_counted")
    expected = [None if at is None else VIETNAM.add_working_days(at.date(), 1) for at in MOMENTS]
    told = midnights if kind == "list" else [at and at.date() for at in back(midnights)]
    assert told == expected


def spans(out):
    if hasattr(out, "dtype") and isinstance(out, np.ndarray):
        return out.astype("m8[s]").tolist()
    values = out.to_pylist() if hasattr(out, "to_pylist") else list(out)
    return [None if value is None or pd.isna(value) else pd.Timedelta(value).to_pytimedelta() for value in values]


@pytest.mark.parametrize(
    "times",
    [
        [timedelta(hours=3), None, timedelta(hours=-1), timedelta(0)],
        [3 * 3600, None, -3600, 0],
        np.array([10800, "NaT", -3600, 0], "m8[s]"),
        pd.Series(np.array([10800, "NaT", -3600, 0], "m8[s]").astype("m8[ns]")),
        pd.Series([10800, None, -3600, 0], dtype="Int64"),
        pa.array([timedelta(hours=3), None, timedelta(hours=-1), timedelta(0)]),
        pl.Series([timedelta(hours=3), None, timedelta(hours=-1), timedelta(0)]),
    ],
    ids=lambda times: type(times).__module__ + str(getattr(times, "dtype", "")),
)
def test_times_may_be_a_column(times):
    at = datetime(2026, 6, 5, 16)
    expected = [
        VIETNAM.add_working_time(at, timedelta(hours=3)),
        None,
        VIETNAM.add_working_time(at, timedelta(hours=-1)),
        at,
    ]
    assert motcua.add_working_time([at] * 4, times) == expected


def test_whatever_stands_for_none():
    values = [None, pd.NaT, pd.NA, np.datetime64("NaT"), float("nan"), date(2024, 5, 4)]
    assert motcua.is_working_day(values) == [None] * 5 + [True]
    assert motcua.is_working_day(np.array(["NaT"], "M8")).tolist() == [False]
    assert motcua.is_working_day(pl.Series([None, None])).to_list() == [None, None]
    assert motcua.is_working_day(pa.nulls(2)).to_pylist() == [None, None]
    masked = np.ma.array(["2024-05-03", "2024-05-04"], "M8[D]", mask=[True, False])
    assert motcua.add_working_days(masked, 1, roll="not_counted").tolist() == [None, date(2024, 5, 6)]
    masked = np.ma.array([1, 1], mask=[False, True])
    assert motcua.add_working_days([date(2024, 5, 3)] * 2, masked, roll="not_counted") == [date(2024, 5, 4), None]
    assert motcua.add_working_days(date(2024, 5, 3), [None, pd.NA, 1], roll="not_counted") == [
        None,
        None,
        date(2024, 5, 4),
    ]


def test_every_way_to_roll():
    saturday, sunday = date(2026, 8, 1), date(2026, 5, 31)
    for roll, first, second in [
        ("not_counted", date(2026, 8, 3), date(2026, 6, 1)),
        ("forward", date(2026, 8, 4), date(2026, 6, 2)),
        ("backward", date(2026, 8, 3), date(2026, 6, 1)),
        ("modified_following", date(2026, 8, 4), date(2026, 6, 1)),
        ("modifiedpreceding", date(2026, 8, 4), date(2026, 6, 1)),
    ]:
        assert motcua.add_working_days([saturday, sunday], 1, roll=roll) == [first, second], roll
    with pytest.raises(motcua.CalendarError) as caught:
        motcua.add_working_days([date(2026, 6, 1), saturday, sunday], 1, roll="refuse")
    assert (caught.value.rows, caught.value.code) == ([1, 2], "calendar.no_working_day")
    with pytest.raises(TypeError):
        motcua.add_working_days([saturday], 1)
    with pytest.raises(ValueError, match="use not_counted, forward, backward, modified_following"):
        motcua.add_working_days([saturday], 1, roll="somehow")


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_bad_rows_are_told_by_index(threads):
    days = np.full(50_000, "2026-06-01", "M8[D]")
    days[[7, 20_001, 49_999]] = np.array(["2150-01-01", "1900-01-01", "2026-06-06"], "M8[D]")
    with pytest.raises(motcua.CalendarError) as caught:
        motcua.add_working_days(days, 1, roll="raise", threads=threads)
    error = caught.value
    assert (error.rows, error.code) == ([7, 20_001, 49_999], "calendar.date_out_of_range")
    assert error.message.startswith("3 of the rows cannot be answered; the first of them is row 7: 2150-01-01")
    assert error.message_vi.startswith("3 dòng không trả lời được")
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.rows, copy.code, str(copy)) == (error.rows, error.code, str(error))
    out = motcua.add_working_days(days, 1, roll="raise", threads=threads, errors="null")
    assert np.flatnonzero(np.isnat(out)).tolist() == error.rows and out[0] == np.datetime64("2026-06-02")
    absent = motcua.is_working_day(pl.Series(days), threads=threads, errors="null")
    assert absent.null_count() == 2 and absent[7] is None and absent[49_999] is False
    arrow = motcua.count_working_days(pa.array(days), date(2026, 6, 2), threads=threads, errors="null")
    assert arrow.null_count == 2 and arrow[0].as_py() == 1


@pytest.mark.parametrize("make", [numpy_of, lambda values: pa.array(values, pa.date32())])
def test_a_count_begins_inside_the_calendar(make):
    days = make([date(2012, 12, 31), date(1950, 1, 1), None, date(2013, 1, 1)])
    for end in (date(2013, 5, 3), make([date(2013, 5, 3)] * 4)):
        with pytest.raises(motcua.CalendarError) as caught:
            motcua.count_working_days(days, end)
        assert caught.value.rows == [0, 1]
        told = listed(motcua.count_working_days(days, end, errors="null"))
        assert told == [None, None, None, VIETNAM.count_working_days(date(2013, 1, 1), date(2013, 5, 3))]
    with pytest.raises(motcua.CalendarError):
        motcua.busday_count("2012-12-31", "2013-05-03")


def test_what_cannot_be_asked():
    with pytest.raises(ValueError, match="use raise or null"):
        motcua.is_working_day(DATES, errors="ignore")
    for call in (motcua.is_working_day, motcua.is_busday):
        with pytest.raises(ValueError, match="use 1 or more"):
            call(date(2024, 5, 3), threads=-1)
    with pytest.raises(motcua.CalendarError) as caught:
        motcua.add_working_days(DATES, [1, 2], roll="not_counted")
    assert (caught.value.code, caught.value.rows) == ("calendar.column_lengths", [])
    for wrong in (["2024-05-03"], np.array([1.5]), np.array(["x"]), pa.array([1]), pl.Series([1.0]), pd.Series(["x"])):
        with pytest.raises(TypeError, match="give a column of dates"):
            motcua.is_working_day(wrong)
    with pytest.raises(OverflowError):
        motcua.add_working_days(date(2024, 5, 3), np.array([2**64 - 1], np.uint64), roll="not_counted")
    for wrong in (np.array([1.5]), pa.array([1.5]), pl.Series([1.5]), pd.Series([1.5]), [1.5]):
        with pytest.raises(TypeError):
            motcua.add_working_days(date(2024, 5, 3), wrong, roll="not_counted")
    assert VIETNAM.first_day == date(2013, 1, 1)


def test_due_agrees_with_clocks():
    rules = [
        motcua.LimitRule("3 working_day"),
        motcua.LimitRule("10 day", on_suspension="restart"),
        motcua.LimitRule("same_day", cut_off=time(15)),
        motcua.LimitRule("8 working_hour", on_suspension="keep_running"),
        motcua.LimitRule("5 working_day", on_suspension="second_stage", second_stage="2 working_day"),
        motcua.LimitRule("not_stated"),
    ]
    received = [datetime(2026, 4, 20, 9) + timedelta(hours=5 * n, minutes=n) for n in range(300)]
    which = [n % len(rules) for n in range(300)]
    begin = [at + timedelta(hours=n % 50) if n % 3 else None for n, at in enumerate(received)]
    end = [at and at + timedelta(hours=30) if n % 5 else None for n, at in enumerate(begin)]
    expected = []
    for at, rule, first, last in zip(received, which, begin, end):
        clock = motcua.Clock(rules[rule], at)
        if first:
            clock = clock.suspend(first, "chờ")
            clock = clock.resume(last) if last else clock
        expected.append(clock.due())
    options = dict(which=which, suspended_from=begin, suspended_to=end)
    assert motcua.due(received, rules, **options) == expected
    arrays = dict(which=np.array(which), suspended_from=numpy_of(begin, "s"), suspended_to=numpy_of(end, "s"))
    for threads in (1, 2):
        out = motcua.due(pl.Series(received), rules, **arrays, threads=threads)
        assert out.to_list() == expected
    # One limit, with its options as keywords.
    late = motcua.due([datetime(2026, 6, 5, 15, 10)], "same_day", cut_off=time(15))
    assert late == [datetime(2026, 6, 8, 17)]
    policy = motcua.due(received[:1], "3 working_day", suspended_from=received[0], policy="keep_running")
    assert policy == [motcua.Clock("3 working_day", received[0]).due()]
    for calls in (
        lambda: motcua.due(received, rules),
        lambda: motcua.due(received, rules[0], cut_off=time(15)),
        lambda: motcua.due(received, "1 day", suspended_to=received),
    ):
        with pytest.raises(TypeError):
            calls()
    with pytest.raises(motcua.DeadlineError) as caught:
        motcua.due(received[:4], rules, which=[0, 9, -1, None])
    assert (caught.value.code, caught.value.rows) == ("deadline.no_rule", [1, 2, 3])
    with pytest.raises(motcua.DeadlineError) as caught:
        motcua.due(received, "1 day", policy="second_stage")
    assert (caught.value.code, caught.value.rows) == ("deadline.no_second_stage", [])
    with pytest.raises(motcua.CalendarError) as caught:
        motcua.due([datetime(2026, 1, 1), datetime(2150, 1, 1)], "1 day")
    assert caught.value.rows == [1]


def test_columns_agree_with_single_calls_whatever_the_threads():
    generator = np.random.default_rng(3)
    days = generator.integers(16_000, 47_000, 30_000).astype("M8[D]")
    days[::97] = "NaT"
    steps = generator.integers(-40, 40, days.size)
    once = motcua.add_working_days(days, steps, roll="not_counted", errors="null")
    for threads in (0, 2, 7):
        again = motcua.add_working_days(days, steps, roll="not_counted", errors="null", threads=threads)
        assert (again.view("i8") == once.view("i8")).all()
    for i in range(1, 3000):
        if not np.isnat(days[i]):
            assert once[i].item() == VIETNAM.add_working_days(days[i].item(), int(steps[i]))
    narrow = motcua.add_working_days(pa.array(days), steps, roll="not_counted", errors="null")
    assert narrow.to_pylist() == once.tolist()


def test_other_calendars():
    before = VIETNAM.as_known_on(date(2025, 12, 24))
    days = [date(2025, 12, 31)]
    assert motcua.add_working_days(days, 1, roll="not_counted", calendar=before) == [date(2026, 1, 2)]
    assert motcua.add_working_days(days, 1, roll="not_counted") == [date(2026, 1, 5)]
    assert motcua.is_busday(days[0], calendar=before) and motcua.due(
        datetime(2025, 12, 31, 9), "1 working_day", calendar=before
    ) == datetime(2026, 1, 2, 17)


class Arrow:
    """An array of some library that speaks Arrow."""

    def __init__(self, values):
        self.values = values

    def __arrow_c_array__(self, schema=None):
        return self.values.__arrow_c_array__(schema)

    @classmethod
    def from_arrow(cls, values):
        return cls(values)


def test_whoever_speaks_arrow_is_understood():
    out = motcua.add_working_days(Arrow(pa.array(DATES, pa.date32())), 1, roll="not_counted")
    assert isinstance(out, Arrow) and out.values.to_pylist() == LATER

    class Stream:
        def __arrow_c_stream__(self, schema=None):
            return pa.chunked_array([DATES], pa.date32()).__arrow_c_stream__(schema)

    assert motcua.is_working_day(Stream()).to_pylist() == [True, False, None, True, True]


def test_nothing_is_imported_until_it_is_needed():
    program = (
        "import sys, motcua\n"
        "found = {'numpy', 'pandas', 'polars', 'pyarrow'} & set(sys.modules)\n"
        "assert not found, found\n"
        "sys.modules['numpy'] = None\n"
        "try: motcua.is_working_day([])\n"
        "except ModuleNotFoundError as error: assert 'install numpy' in str(error)\n"
        "else: raise AssertionError\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_threads_of_python_run_beside_a_column():
    days = np.full(3_000_000, "2026-06-01", "M8[D]")
    beats = []
    running = threading.Event()

    def count():
        running.set()
        motcua.add_working_days(days, np.arange(days.size) % 50 - 25, roll="not_counted")
        running.clear()

    thread = threading.Thread(target=count)
    thread.start()
    running.wait()
    while running.is_set():
        beats.append(1)
    thread.join()
    assert len(beats) > 1000
