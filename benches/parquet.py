"""A nation's year streamed from Parquet into cohorts: reading alone, and reading with counting beside it.

usage: parquet.py FOLDER

Writes the files that are not there into FOLDER: ROWS dossiers (64 million) of 3,321 communes in the order of a year, in
row groups of a million. Each line is the quickest of RUNS (three) runs, each in a process of its own, which reads
record batches through pyarrow and, when it counts, hands each to motcua.Cohorts by months with times in working days.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROWS = int(os.environ.get("ROWS", "64000000"))
RUNS = int(os.environ.get("RUNS", "3"))
COMMUNES, GROUP, BATCH = 3_321, 1_000_000, 262_144
FIRST, LAST = "2025-01-01", "2025-12-31"


def write(path, compression):
    """A chunk at a time: communes of very different sizes, limits of 1 to 30 working days, most settled in time."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    import motcua

    days = np.arange(FIRST, "2027-12-31", dtype="M8[D]")
    works = days[motcua.is_working_day(days)].astype(np.int32)
    last = np.datetime64(LAST).astype(np.int32)
    of_year = int(np.searchsorted(works, last, "right"))
    random = np.random.default_rng(20_251_122)
    sizes = np.cumsum(np.exp(1.2 * random.standard_normal(COMMUNES)))
    limits = np.array([1, 1, 1, 3, 3, 3, 5, 5, 5, 5, 7, 7, 7, 10, 10, 10, 15, 15, 20, 30])
    schema = pa.schema(
        [("commune", pa.int32()), ("received", pa.date32()), ("due", pa.date32()), ("finished", pa.date32())]
        + [(name, pa.bool_()) for name in ("online", "digitised", "paid_online")]
        + [("rating", pa.int8())]
    )
    unfinished = path.with_suffix(".part")
    with pq.ParquetWriter(unfinished, schema, compression=compression) as file:
        for start in range(0, ROWS, GROUP):
            count = min(GROUP, ROWS - start)
            place = (start + np.arange(count)) * of_year // ROWS
            limit = random.choice(limits, count)
            took = np.minimum(np.exp(0.55 * random.standard_normal(count) - 0.35) * limit, 200).astype(int)
            finished = works[place + took]
            is_open = (finished > last) | (random.random(count) < 0.01)
            flag = lambda share, unknown: pa.array(random.random(count) < share, mask=random.random(count) < unknown)
            columns = [
                np.minimum(np.searchsorted(sizes, random.random(count) * sizes[-1]), COMMUNES - 1).astype(np.int32),
                pa.array(works[place]).cast(pa.date32()),
                pa.array(works[place + limit], mask=random.random(count) < 0.02).cast(pa.date32()),
                pa.array(finished, mask=is_open).cast(pa.date32()),
                random.random(count) < 0.6,
                flag(0.6, 0.1),
                flag(0.45, 0.5),
                pa.array(random.integers(1, 6, count).astype(np.int8), mask=is_open | (random.random(count) > 0.2)),
            ]
            file.write_table(pa.table([pa.array(column) for column in columns], schema), row_group_size=GROUP)
    unfinished.rename(path)


def ahead(batches):
    """The next batches are read in a thread of their own while one is counted."""
    import queue
    import threading

    read = queue.Queue(maxsize=2)

    def fill():
        for batch in batches:
            read.put(batch)
        read.put(None)

    threading.Thread(target=fill, daemon=True).start()
    return iter(read.get, None)


def run(path, way, threads):
    """One run, as JSON."""
    import resource
    import time
    from datetime import date

    import pyarrow as pa
    import pyarrow.parquet as pq

    import motcua

    # What is imported with the first batch is imported here.
    import motcua._cohorts  # noqa: F401

    pa.set_cpu_count(threads)
    first, last = (date.fromisoformat(day) for day in (FIRST, LAST))
    wall, cpu = time.perf_counter(), time.process_time()
    file = pq.ParquetFile(path)
    batches = file.iter_batches(BATCH, use_threads=threads > 1)
    rows = 0
    if way == "read":
        for batch in batches:
            # Every column is looked at.
            nulls = sum(column.null_count for column in batch.columns)
            rows += batch.num_rows if nulls < 8 * batch.num_rows else 0
    else:
        cohorts = motcua.Cohorts(COMMUNES, "month", first, last)
        for batch in ahead(batches) if way == "ahead" else batches:
            cohorts.add(batch, {"group": "commune"})
        rows = int(cohorts.table()["received"].sum())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert rows == file.metadata.num_rows, rows
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": peak, "rows": rows}))


def measured(path, way, threads):
    """The quickest of some runs, and the highest peak of them."""
    command = [sys.executable, __file__, "run", path, way, str(threads)]
    runs = [json.loads(subprocess.check_output(command)) for _ in range(RUNS)]
    return min(runs, key=lambda run: run["wall"]) | {"peak": max(run["peak"] for run in runs)}


def main(folder):
    # Nothing is imported here: what a process held before it became another one counts as its peak.
    print("| rows | file | threads that decode | what | wall | CPU | wall ÷ reading alone | CPU ÷ reading alone | peak |")
    print("|-----:|------|--------------------:|------|-----:|----:|---------------------:|--------------------:|-----:|")
    for compression in ("zstd", "snappy"):
        path = Path(folder) / f"dossiers-{ROWS}-{compression}.parquet"
        if not path.exists():
            print(f"writing {path} …", file=sys.stderr)
            subprocess.check_call([sys.executable, __file__, "write", path, compression])
        # Once, so that no run waits for the disk.
        with open(path, "rb") as file:
            while file.read(1 << 24):
                pass
        size = path.stat().st_size / 2**20
        for threads in (1, 2):
            alone = measured(path, "read", threads)
            ways = [("reading alone", None), ("reading and counting by turns", "turns"), ("counting beside reading", "ahead")]
            for name, way in ways:
                one = alone if way is None else measured(path, way, threads)
                print(
                    f"| {one['rows'] / 1e6:.0f} million | {compression}, {size:.0f} MiB | {threads} | {name} "
                    f"| {one['wall']:.2f} s | {one['cpu']:.2f} s | {one['wall'] / alone['wall']:.2f} "
                    f"| {one['cpu'] / alone['cpu']:.2f} | {one['peak']:.0f} MiB |",
                    flush=True,
                )


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]), sys.argv[3])
    elif sys.argv[1] == "run":
        run(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main(sys.argv[1])
