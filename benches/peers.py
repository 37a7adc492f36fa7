"""The peers in Python: nanoseconds of CPU time an operation, as JSON. The rows are drawn as in the Rust benches."""

import csv
import json
import statistics
import time
from datetime import datetime
from pathlib import Path

import duckdb
import holidays
import numpy as np
import pandas as pd
import polars as pl

import motcua

random = np.random.default_rng(1)


def cpu(rows, run):
    run()
    runs = []
    for _ in range(5):
        begun = time.process_time_ns()
        run()
        runs.append((time.process_time_ns() - begun) / rows)
    return statistics.median(runs)


COLUMN = 10_000_000
with open(Path(__file__).parent / "../tests/data/nonworking-days.csv", encoding="utf-8") as file:
    published = [(np.datetime64(row["date"]), row["kind"]) for row in csv.DictReader(file)]
off = np.array([date for date, kind in published if kind != "worked"])
worked = np.array([date for date, kind in published if kind == "worked"])
first, last = np.datetime64("2015-01-01"), np.datetime64("2029-12-31")
days = first + random.integers(0, 4_748, COLUMN)
steps = random.integers(1, 31, COLUMN)
ends = days + steps * 12

# As these libraries are used: a list of holidays, and no worked Saturdays.
plain = np.busdaycalendar(holidays=off)
# The way round: a week of six days in which all Saturdays but those worked are holidays.
all_days = np.arange(np.datetime64("2013-01-01"), last)
saturdays = all_days[(all_days.astype("int64") + 3) % 7 == 5]
six_days = np.concatenate([off, saturdays[~np.isin(saturdays, worked)]])
swaps = np.busdaycalendar(weekmask="1111110", holidays=six_days)

frame = pl.DataFrame({"from": days, "n": steps.astype("int32"), "to": ends})
SIX = (True, True, True, True, True, True, False)


def in_polars(expression):
    return lambda: frame.select(expression)


def polars_add(days_off, week=(True, True, True, True, True, False, False)):
    return in_polars(pl.col("from").dt.add_business_days("n", week_mask=week, holidays=days_off, roll="backward"))


def polars_count(days_off, week=(True, True, True, True, True, False, False)):
    return in_polars(pl.business_day_count("from", "to", week_mask=week, holidays=days_off))


off_list, six_list = off.tolist(), six_days.tolist()
hours = pd.offsets.CustomBusinessHour(
    n=12, start=["07:00", "13:30"], end=["11:30", "17:00"], holidays=off, weekmask="Mon Tue Wed Thu Fri"
)
moments = [
    pd.Timestamp(day) + pd.Timedelta(minutes=int(minute))
    for day, minute in zip(days[:2_000], random.integers(0, 1_440, 2_000), strict=True)
]

# Whether each day is a working day by the package `holidays`.
vietnam = holidays.country_holidays("VN", years=range(2013, 2031))
by_package = [bool(vietnam.is_working_day(day)) for day in np.arange(first, last).tolist()]

# Ours, from Python.
clock = motcua.Clock("10 working_day", datetime(2026, 6, 1, 9, 17))
clock = clock.suspend(datetime(2026, 6, 3, 9, 17), "x").resume(datetime(2026, 6, 10, 9, 17))
calendar = motcua.Calendar.vietnam()


def scalars():
    for _ in range(100_000):
        clock.due()


def explanations():
    for _ in range(10_000):
        clock.explain()


def named(name, ns):
    return {"name": name, "ns": ns}


NUMPY = f"numpy {np.__version__}"
POLARS = f"polars {pl.__version__}"
calendars = {
    "add": named(
        f"{NUMPY} busday_offset, no worked Saturdays",
        cpu(COLUMN, lambda: np.busday_offset(days, steps, roll="backward", busdaycal=plain)),
    ),
    "add_swaps": named(
        f"{NUMPY} busday_offset, all Saturdays listed",
        cpu(COLUMN, lambda: np.busday_offset(days, steps, roll="backward", busdaycal=swaps)),
    ),
    "count": named(
        f"{NUMPY} busday_count, no worked Saturdays",
        cpu(COLUMN, lambda: np.busday_count(days, ends, busdaycal=plain)),
    ),
    "count_swaps": named(
        f"{NUMPY} busday_count, all Saturdays listed",
        cpu(COLUMN, lambda: np.busday_count(days, ends, busdaycal=swaps)),
    ),
    "add_polars": named(f"{POLARS} add_business_days, no worked Saturdays", cpu(COLUMN, polars_add(off_list))),
    "add_polars_swaps": named(
        f"{POLARS} add_business_days, all Saturdays listed", cpu(COLUMN, polars_add(six_list, SIX))
    ),
    "count_polars": named(f"{POLARS} business_day_count, no worked Saturdays", cpu(COLUMN, polars_count(off_list))),
    "count_polars_swaps": named(
        f"{POLARS} business_day_count, all Saturdays listed", cpu(COLUMN, polars_count(six_list, SIX))
    ),
    "hours": named(
        f"pandas {pd.__version__} CustomBusinessHour", cpu(len(moments), lambda: [at + hours for at in moments])
    ),
    "python_column": named(
        "from Python, a NumPy column", cpu(COLUMN, lambda: motcua.add_working_days(days, steps, roll="not_counted"))
    ),
    "python_due": named("from Python", cpu(100_000, scalars)),
    "python_explain": named("from Python", cpu(10_000, explanations)),
    "by_package": {"name": f"holidays {holidays.__version__}", "works": by_package},
}

dossiers = 500_000
received = np.datetime64("2023-01-01T00:00") + random.integers(0, 525_000, dossiers)
finished = received + random.integers(0, 14_000, dossiers)
rows = pd.DataFrame(
    {
        "field": random.integers(0, 20, dossiers),
        "online": random.random(dossiers) < 0.76,
        "received": received,
        "due": received + 10_000,
        "finished": np.where(random.random(dossiers) < 0.98, finished, np.datetime64("NaT")),
    }
)
database = duckdb.connect(config={"threads": 1})
database.execute("create table facts as select * from rows")
FORM = """
select field,
       count(*) filter (online), count(*) filter (not online),
       count(*) filter (finished < '2024-01-01' and finished::date < due::date),
       count(*) filter (finished < '2024-01-01' and finished::date = due::date),
       count(*) filter (finished < '2024-01-01' and finished::date > due::date),
       count(*) filter (not coalesce(finished < '2024-01-01', false) and due::date >= '2023-12-31'),
       count(*) filter (not coalesce(finished < '2024-01-01', false) and due::date < '2023-12-31')
from facts group by field
"""

print(
    json.dumps(
        {
            **calendars,
            "form06": {
                "name": f"DuckDB {duckdb.__version__}, one thread",
                "ns": cpu(dossiers, lambda: database.execute(FORM).fetchall()),
            },
        }
    )
)
