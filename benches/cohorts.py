"""One peer of the bench `cohorts`: the same table of the same rows, as JSON with CPU seconds and sums to compare.

usage: cohorts.py FOLDER ENGINE THREADS full|counts RUNS ROWS
"""

import datetime
import json
import os
import sys
import time
from pathlib import Path

folder, engine, threads, query, runs, rows = sys.argv[1:]
threads, runs, rows, full = int(threads), int(runs), int(rows), query == "full"
os.environ["POLARS_MAX_THREADS"] = str(threads)
for name in ("OMP_NUM_THREADS", "RAYON_NUM_THREADS", "TOKIO_WORKER_THREADS"):
    os.environ[name] = str(threads)
if threads == 1:
    os.sched_setaffinity(0, {0})

import numpy as np
import pyarrow as pa

pa.set_cpu_count(threads)
NO_DAY = np.iinfo(np.int32).min
LAST = datetime.date(2025, 12, 31)


def column(name, kind):
    return np.memmap(Path(folder) / name, dtype=kind, mode="r")[:rows]


def days(name):
    values = column(name, "i4")
    missing = values == NO_DAY
    mask = missing if missing.any() else None
    return pa.array(values, type=pa.int32(), mask=mask).cast(pa.date32())


ranks = np.fromfile(Path(folder) / "ranks", dtype="i4")
EPOCH = int(np.fromfile(Path(folder) / "epoch", dtype="i4")[0])
rating = column("rating", "i1")
table = pa.table(
    {
        "commune": pa.array(column("group", "u4").view("i4")),
        "received": days("received"),
        "due": days("due"),
        "finished": days("finished"),
        "online": pa.array(column("online", "u1").astype(bool)),
        "digitised": pa.array(column("digitised", "u1").astype(bool)),
        "paid": pa.array(column("paid_online", "u1").astype(bool)),
        "rating": pa.array(rating, mask=rating < 0),
    }
)
calendar = pa.table(
    {"day": pa.array(np.arange(EPOCH, EPOCH + len(ranks), dtype="i4")).cast(pa.date32()), "rank": pa.array(ranks)}
)

COUNTS = """SELECT commune, {month} AS month, count(*) AS received, count(finished) AS resolved,
    sum(CASE WHEN finished < due THEN 1 ELSE 0 END) AS early, sum(CASE WHEN finished = due THEN 1 ELSE 0 END) AS on_time,
    sum(CASE WHEN finished > due THEN 1 ELSE 0 END) AS late,
    sum(CASE WHEN finished IS NULL AND due < DATE '2025-12-31' THEN 1 ELSE 0 END) AS overdue,
    sum(CASE WHEN online THEN 1 ELSE 0 END) AS online, sum(CASE WHEN digitised THEN 1 ELSE 0 END) AS digitised,
    sum(CASE WHEN paid THEN 1 ELSE 0 END) AS paid, avg(rating) AS rating{more} FROM {rows} GROUP BY 1, 2"""
JOINED = "t JOIN calendar a ON t.received = a.day LEFT JOIN calendar b ON t.finished = b.day"

if engine == "duckdb":
    import duckdb

    version = f"DuckDB {duckdb.__version__}"
    database = duckdb.connect()
    database.execute(f"SET threads = {threads}; SET preserve_insertion_order = false")
    database.register("t", table)
    database.register("calendar", calendar)
    more = ", quantile_cont(b.rank - a.rank, [0.5, 0.9]) AS both" if full else ""
    sql = COUNTS.format(month="year(received) * 12 + month(received)", more=more, rows=JOINED if full else "t")
    if full:
        sql = f'SELECT * EXCLUDE "both", "both"[1] AS p50, "both"[2] AS p90 FROM ({sql})'

    def run():
        return database.execute(sql).to_arrow_table()

elif engine == "polars":
    import polars as pl

    version = f"Polars {pl.__version__}"
    frame, rank = pl.from_arrow(table).lazy(), pl.Series(ranks)
    col = pl.col
    month = (col("received").dt.year() * 12 + col("received").dt.month()).alias("month")
    sums = [
        pl.len().alias("n"),
        col("finished").count().alias("resolved"),
        (col("finished") < col("due")).sum().alias("early"),
        (col("finished") == col("due")).sum().alias("on_time"),
        (col("finished") > col("due")).sum().alias("late"),
        (col("finished").is_null() & (col("due") < LAST)).sum().alias("overdue"),
        col("online").sum().alias("o"),
        col("digitised").sum().alias("d"),
        col("paid").sum().alias("p"),
        col("rating").mean().alias("r"),
    ]
    if full:
        at = [pl.lit(rank).gather(col(name).to_physical() - EPOCH) for name in ("received", "finished")]
        frame = frame.with_columns((at[1] - at[0]).alias("took"))
        sums += [col("took").quantile(share, "linear").alias(name) for share, name in ((0.5, "p50"), (0.9, "p90"))]

    def run():
        found = frame.group_by("commune", month).agg(sums).collect()
        return found.rename({"n": "received", "o": "online", "d": "digitised", "p": "paid", "r": "rating"}).to_arrow()

elif engine == "datafusion":
    import datafusion

    version = f"DataFusion {datafusion.__version__}"
    context = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(threads))
    batches = table.to_batches(max_chunksize=131_072)
    share = -(-len(batches) // threads)
    context.register_record_batches("t", [batches[n * share : (n + 1) * share] for n in range(threads)])
    context.register_record_batches("calendar", [calendar.to_batches()])
    took = "b.rank - a.rank"
    more = "".join(f", percentile_cont({took}, {share}) AS {name}" for share, name in ((0.5, "p50"), (0.9, "p90")))
    month = "date_part('year', received) * 12 + date_part('month', received)"
    sql = COUNTS.format(month=month, more=more if full else "", rows=JOINED if full else "t")

    def run():
        return context.sql(sql).to_arrow_table()

else:
    import pandas as pd

    version = f"pandas {pd.__version__}"
    received, due, finished = (column(name, "i4") for name in ("received", "due", "finished"))
    dates = np.arange(EPOCH, EPOCH + len(ranks)).astype("datetime64[D]")
    months = dates.astype("datetime64[M]").astype("i4")
    last = (LAST - datetime.date(1970, 1, 1)).days

    def run():
        settled = finished != NO_DAY
        rows = {
            "commune": column("group", "u4"),
            "month": months[received - EPOCH],
            "resolved": settled,
            "early": settled & (finished < due),
            "on_time": finished == due,
            "late": finished > due,
            "overdue": ~settled & (due < last),
            "online": column("online", "u1"),
            "digitised": column("digitised", "u1"),
            "paid": column("paid_online", "u1"),
            "rating": np.where(rating < 0, np.nan, rating),
        }
        if full:
            rows["took"] = np.where(settled, ranks[np.where(settled, finished, received) - EPOCH] - ranks[received - EPOCH], np.nan)
        groups = pd.DataFrame(rows).groupby(["commune", "month"], sort=False)
        sums = {name: (name, "sum") for name in ("resolved", "early", "on_time", "late", "overdue", "online", "digitised", "paid")}
        found = groups.agg(received=("resolved", "size"), rating=("rating", "mean"), **sums)
        if full:
            both = groups["took"].quantile([0.5, 0.9]).unstack()
            found["p50"], found["p90"] = both[0.5], both[0.9]
        return pa.Table.from_pandas(found.reset_index(), preserve_index=False)


seconds = []
for _ in range(runs):
    before, begun = os.times(), time.perf_counter()
    found = run()
    after = os.times()
    seconds.append((after.user + after.system - before.user - before.system, time.perf_counter() - begun))
cpu, wall = min(seconds)
names = ["received", "resolved", "early", "on_time", "late", "overdue", "online", "digitised", "paid"]
sums = [int(np.sum(found[name].to_numpy(zero_copy_only=False).astype("i8"))) for name in names]
shares = ["rating", "p50", "p90"] if full else ["rating"]
sums += [float(np.nansum(found[name].to_numpy(zero_copy_only=False).astype("f8"))) for name in shares]
print(json.dumps({"name": version, "cpu": cpu, "wall": wall, "groups": found.num_rows, "sums": sums}))
