"""The peers in Python: nanoseconds of CPU time an operation, as JSON. The rows are drawn as in the Rust benches."""

import json
import statistics
import time

import duckdb
import numpy as np
import pandas as pd

ROWS = 1_000_000
random = np.random.default_rng(1)


def cpu(rows, run):
    run()
    runs = []
    for _ in range(5):
        begun = time.process_time_ns()
        run()
        runs.append((time.process_time_ns() - begun) / rows)
    return statistics.median(runs)


first = np.datetime64("2015-01-01")
days = first + random.integers(0, 4_700, ROWS)
steps = random.integers(1, 31, ROWS)
# About as many days off as Vietnam has; numpy knows no worked Saturdays.
holidays = np.arange(first, first + 6_000)[random.random(6_000) < 0.03]
calendar = np.busdaycalendar(holidays=holidays)

hours = pd.offsets.CustomBusinessHour(
    n=12, start=["07:00", "13:30"], end=["11:30", "17:00"], holidays=holidays.astype("datetime64[D]")
)
moments = [pd.Timestamp(day) + pd.Timedelta(hours=9, minutes=17) for day in days[:200]]

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
            "add": {
                "name": f"numpy {np.__version__} busday_offset",
                "ns": cpu(ROWS, lambda: np.busday_offset(days, steps, roll="backward", busdaycal=calendar)),
            },
            "count": {
                "name": f"numpy {np.__version__} busday_count",
                "ns": cpu(ROWS, lambda: np.busday_count(days, days + steps, busdaycal=calendar)),
            },
            "hours": {
                "name": f"pandas {pd.__version__} CustomBusinessHour",
                "ns": cpu(len(moments), lambda: [moment + hours for moment in moments]),
            },
            "form06": {
                "name": f"DuckDB {duckdb.__version__}, one thread",
                "ns": cpu(dossiers, lambda: database.execute(FORM).fetchall()),
            },
        }
    )
)
