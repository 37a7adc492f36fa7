"""Cohorts: streamed, in any order, merged and sent, against counting with pandas."""

import copy
import pickle
import threading
from datetime import date, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import motcua

FIRST, LAST = date(2025, 2, 1), date(2025, 12, 31)
GROUPS = 5
NAMES = {"group": "commune", "paid_online": "paid"}
COUNTS = (
    "received resolved early on_time late open_in_time overdue online digitised digitised_known paid_online obliged "
    "rated rating_sum"
).split()


def frame(rows=4_000):
    """Dossiers as an office exports them, some of them received before or after."""
    random = np.random.default_rng(7)
    some = lambda values, share: np.where(random.random(rows) < share, values, None)
    received = np.datetime64("2025-01-15") + random.integers(0, 360, rows)
    days = lambda least, most: received + random.integers(least, most, rows)
    finished = np.where(random.random(rows) < 0.02, days(200, 300), days(0, 30))
    return pd.DataFrame(
        {
            "commune": random.integers(0, GROUPS, rows).astype(np.int32),
            "received": received.astype("M8[s]"),
            "due": np.where(random.random(rows) < 0.1, np.datetime64("NaT"), days(1, 25)).astype("M8[s]"),
            "finished": np.where(random.random(rows) < 0.2, np.datetime64("NaT"), finished).astype("M8[s]"),
            "online": random.random(rows) < 0.6,
            "digitised": pd.array(some(random.random(rows) < 0.5, 0.9), "boolean"),
            "paid": pd.array(some(random.random(rows) < 0.5, 0.4), "boolean"),
            "rating": pd.array(some(random.integers(0, 7, rows), 0.3), "Int8"),
        }
    )


def arrow(frame):
    """The same as a Parquet file holds it."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for name in ("received", "due", "finished"):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, table[name].cast(pa.date32()))
    return table


def by_hand(frame):
    """The same table, by pandas."""
    days = frame["received"].dt.date
    frame = frame[(days >= FIRST) & (days <= LAST)].copy()
    settled, due = frame["finished"].notna(), frame["due"]
    late = settled & due.notna() & (frame["finished"] > due)
    early = settled & due.notna() & (frame["finished"] < due)
    overdue = ~settled & due.notna() & (due < pd.Timestamp(LAST))
    took = motcua.count_working_days(frame["received"][settled], frame["finished"][settled])
    flags = {
        "received": settled | True,
        "resolved": settled,
        "early": early,
        "on_time": settled & ~early & ~late,
        "late": late,
        "open_in_time": ~settled & ~overdue,
        "overdue": overdue,
        "online": frame["online"],
        "digitised": frame["digitised"].fillna(False),
        "digitised_known": frame["digitised"].notna(),
        "paid_online": frame["paid"].fillna(False),
        "obliged": frame["paid"].notna(),
        "rated": frame["rating"].notna(),
        "rating_sum": frame["rating"].fillna(0),
    }
    counts = pd.DataFrame({name: flag.astype(np.int64) for name, flag in flags.items()})
    keys = [frame["received"].dt.to_period("M").dt.start_time.rename("span"), frame["commune"].rename("group")]
    table = counts.groupby(keys).sum()
    times = pd.Series(took.astype(float), frame.index[settled]).reindex(frame.index)
    for percent in (50, 90, 100):
        table[f"p{percent}"] = times.groupby(keys).quantile(percent / 100)
    return table.reset_index()


def empty(**options):
    return motcua.Cohorts(GROUPS, "month", FIRST, LAST, **options)


def counted(table, names=NAMES, **options):
    cohorts = empty()
    cohorts.add(table, names, **options)
    return cohorts


def shown(cohorts, **options):
    return pd.DataFrame(cohorts.table(**options))


@pytest.fixture(scope="module")
def dossiers():
    return frame()


def test_what_is_streamed_from_a_file_is_what_pandas_counts(dossiers, tmp_path):
    path = tmp_path / "dossiers.parquet"
    pq.write_table(arrow(dossiers), path, row_group_size=700)
    cohorts = empty()
    for batch in pq.ParquetFile(path).iter_batches(batch_size=300):
        cohorts.add(batch, NAMES)
    expected = by_hand(dossiers)
    assert list(cohorts.table()) == ["group", "span", *COUNTS, "p50", "p90"]
    table = shown(cohorts, percentiles=(50, 90, 100))
    assert (table["span"].to_numpy() == expected["span"].to_numpy().astype("M8[D]")).all()
    for name in ("group", *COUNTS):
        assert table[name].tolist() == expected[name].tolist(), name
    for name in ("p50", "p90", "p100"):
        np.testing.assert_allclose(table[name], expected[name])
    assert cohorts.rows == len(dossiers) == table["received"].sum() + cohorts.outside > 0
    assert cohorts.outside > 0 and table["overdue"].sum() > 0 and (table["p100"] > 128).any()
    # At once, on several threads, in any order and in parts that are merged it is the same.
    whole = pq.read_table(path)
    assert counted(whole) == cohorts and counted(whole, threads=4) == cohorts
    batches = whole.to_batches(max_chunksize=211)
    batches.reverse()
    other, rest = empty(), empty()
    for n, batch in enumerate(batches):
        (other if n % 2 else rest).add(batch, NAMES)
    assert other != cohorts
    other.merge(rest)
    other.merge(empty())
    assert other == cohorts


def test_columns_of_every_kind_come_to_the_same(dossiers):
    table = arrow(dossiers)
    expected = counted(table)
    lists = table.to_pydict()
    numbers = {
        "group": lists["commune"],
        **{
            name: np.array([-(2**31) if day is None else (day - date(1970, 1, 1)).days for day in lists[name]], np.int32)
            for name in ("received", "due", "finished")
        },
        "online": np.array(lists["online"]),
        **{
            name: np.array([2 if flag is None else flag for flag in lists[theirs]], np.uint8)
            for name, theirs in (("digitised", "digitised"), ("paid_online", "paid"))
        },
        "rating": np.array([-1 if rating is None else rating for rating in lists["rating"]], np.int8),
    }
    assert counted(numbers, None) == expected
    assert counted(dossiers) == expected
    assert counted(lists) == expected
    assert counted(pl.from_arrow(table)) == expected
    assert counted(dossiers.convert_dtypes(dtype_backend="pyarrow")) == expected
    # As pandas has them that were read from a text: numbers with NaN, truths as objects.
    loose = dossiers.assign(rating=dossiers["rating"].astype("float64"), paid=dossiers["paid"].astype(object))
    assert counted(loose) == expected
    wide = table.set_column(0, "commune", table["commune"].cast(pa.int64()))
    assert counted(wide) == expected
    days = {name: np.array(lists[name], "M8[D]") for name in ("received", "due", "finished")}
    assert counted(lists | days) == expected
    masked = np.ma.masked_array(numbers["rating"], numbers["rating"] < 0)
    assert counted(numbers | {"rating": masked}, None) == expected
    # A value for all rows, and what is not there.
    some = counted(lists | {"online": True}, NAMES | {"rating": None, "digitised": None})
    assert shown(some)[["rated", "digitised_known"]].to_numpy().sum() == 0
    assert (shown(some)["online"] == shown(some)["received"]).all()


def test_spans_calendars_and_plans_without_times(dossiers):
    table = arrow(dossiers)
    months = shown(counted(table))
    for span, count in (("quarter", 4), ("year", 1)):
        cohorts = motcua.Cohorts(GROUPS, span, FIRST, LAST)
        cohorts.add(table, NAMES)
        sums = shown(cohorts)
        assert sums["span"].nunique() == count
        assert sums[COUNTS].sum().tolist() == months[COUNTS].sum().tolist()
    plain = motcua.Cohorts(GROUPS, "month", FIRST, LAST, times=False)
    plain.add(table, NAMES)
    assert shown(plain)["p50"].isna().all() and shown(plain)[COUNTS].equals(months[COUNTS])
    assert list(plain.table(percentiles=[])) == ["group", "span", *COUNTS]
    assert "p99.5" in plain.table(percentiles=(0, 99.5))
    # 2/1/2026 became a day off by an announcement of 25/12/2025.
    row = {"group": [0], "received": [date(2025, 12, 31)], "finished": [date(2026, 1, 5)], "online": [False]}
    none = dict.fromkeys(("due", "digitised", "paid_online", "rating"))
    for calendar, took in ((None, 1.0), (motcua.Calendar.vietnam().as_known_on(date(2025, 12, 24)), 2.0)):
        cohorts = motcua.Cohorts(1, "month", FIRST, LAST, calendar=calendar)
        cohorts.add(row, none)
        assert cohorts.table()["p50"].tolist() == [took]


def test_values(dossiers):
    cohorts = counted(arrow(dossiers))
    for again in (pickle.loads(pickle.dumps(cohorts)), copy.deepcopy(cohorts)):
        assert again == cohorts and again is not cohorts
        # It goes on where it was.
        again.add(arrow(dossiers), NAMES)
        assert again != cohorts
        twice = counted(pa.concat_tables([arrow(dossiers)] * 2))
        assert again == twice
    cohorts.merge(cohorts)
    assert cohorts == twice
    assert len(pickle.dumps(motcua.Cohorts(3_321, "month", FIRST, LAST))) < 10_000
    assert repr(cohorts) == "<Cohorts of 5 groups by month, 2025-02-01 to 2025-12-31: 8000 rows>"
    assert (cohorts.groups, cohorts.span, cohorts.first, cohorts.last) == (GROUPS, "month", FIRST, LAST)
    assert cohorts != 1
    with pytest.raises(TypeError, match="unhashable"):
        hash(cohorts)
    _, (stored,) = cohorts.__reduce__()
    for broken in (b"", stored[:-1], stored[:100], b"\xff" + stored[1:], stored + b"\0"):
        with pytest.raises(motcua.MeasureError) as caught:
            motcua.Cohorts._rebuild(broken)
        assert caught.value.code == "measure.bytes"


def test_a_bad_row_is_named_and_nothing_is_counted(dossiers):
    cohorts = counted(arrow(dossiers))
    before = pickle.loads(pickle.dumps(cohorts))
    good = arrow(dossiers).slice(1_000, 50).to_pydict()
    day = date(2025, 6, 2)
    for name, bad in [
        ("commune", GROUPS),
        ("commune", -1),
        ("commune", None),
        ("commune", 2**40),
        ("online", None),
        ("online", 2),
        ("digitised", 3),
        ("paid", -1),
        ("rating", 7),
        ("rating", 300),
        ("finished", day - timedelta(1)),
        ("finished", date(2150, 1, 1)),
    ]:
        wrong = {column: [*values] for column, values in good.items()}
        wrong["received"][20], wrong["finished"][20], wrong[name][20] = day, day, bad
        flag = name in ("online", "digitised", "paid") and bad is not None
        for kind in (dict,) if flag else (dict, pa.table, pl.DataFrame):
            with pytest.raises(motcua.MeasureError) as caught:
                cohorts.add(kind(wrong), NAMES)
            assert (caught.value.code, caught.value.rows) == ("measure.row", [20]), (name, bad)
        assert cohorts == before
    with pytest.raises(motcua.MeasureError) as caught:
        cohorts.add(good | {"rating": [1]}, NAMES)
    assert caught.value.code == "measure.columns_differ" and cohorts == before
    # A row without a day of reception is left out.
    lost = {column: [*values] for column, values in good.items()}
    lost["received"] = [None] * 50
    cohorts.add(lost, NAMES)
    assert cohorts.outside == before.outside + 50 and (shown(cohorts) == shown(before)).all(axis=None)


def test_what_cannot_be(dossiers):
    with pytest.raises(ValueError, match="use month, quarter or year"):
        motcua.Cohorts(1, "week", FIRST, LAST)
    with pytest.raises(motcua.MeasureError) as caught:
        motcua.Cohorts(1, "month", LAST, FIRST)
    assert caught.value.code == "measure.period_order"
    with pytest.raises(motcua.CalendarError):
        motcua.Cohorts(1, "month", date(1999, 1, 1), LAST)
    with pytest.raises(motcua.MeasureError) as caught:
        motcua.Cohorts(2**32 - 1, "month", FIRST, LAST)
    assert caught.value.code == "measure.too_many"
    with pytest.raises(motcua.MeasureError) as caught:
        counted(arrow(dossiers)).merge(motcua.Cohorts(GROUPS, "year", FIRST, LAST))
    assert caught.value.code == "measure.plans_differ"
    cohorts = counted(arrow(dossiers))
    with pytest.raises(TypeError, match="'comune' is no column that is counted; use group, received"):
        cohorts.add(dossiers, {"comune": "commune"})
    with pytest.raises(KeyError):
        cohorts.add(dossiers)
    for name, values, message in [
        ("received", ["2025-06-02"], "give a column of dates"),
        ("rating", [1.5], "integer"),
        ("rating", np.array([1.5]), "give a column of whole numbers"),
        ("rating", pa.array(["x"]), "give a column of whole numbers"),
        ("rating", pl.Series([1.5]), "give a column of whole numbers"),
    ]:
        columns = {column: [*dossiers[column][:1]] for column in dossiers} | {name: values}
        with pytest.raises(TypeError, match=message):
            cohorts.add(columns, NAMES)
    with pytest.raises(OverflowError, match="days since 1970"):
        cohorts.add({column: [*dossiers[column][:1]] for column in dossiers} | {"received": [2**40]}, NAMES)
    for wrong in (-1, 100.5, float("nan")):
        with pytest.raises(ValueError, match="no percentile"):
            cohorts.table(percentiles=[wrong])
    assert cohorts == counted(arrow(dossiers))


def test_threads_of_python_add_beside_each_other(dossiers):
    table = arrow(dossiers)
    cohorts = empty()
    batches = [table.slice(start, 250) for start in range(0, len(table), 250)]
    share = lambda n: [cohorts.add(batch, NAMES) for batch in batches[n::4]]
    threads = [threading.Thread(target=share, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cohorts == counted(table)
