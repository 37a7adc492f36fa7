"""The worked cases of ``due-cases.tsv``, each with its legal source; Rust and C run the same file."""

import csv
import functools
import pickle
from datetime import date, datetime, time
from pathlib import Path

import pytest

import motcua

FILE = Path(__file__).parents[2] / "tests/data/due-cases.tsv"
with FILE.open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
VIETNAM = motcua.Calendar.vietnam()


@functools.cache
def known_on(day):
    return VIETNAM.as_known_on(date.fromisoformat(day))


def at(text):
    return datetime.fromisoformat(text)


def clock_of(row):
    options = {name: row[name] for name in ("day_parts", "direction", "second_stage") if name in row}
    if "cut_off" in row:
        hour, options["after_cut_off"] = row["cut_off"].split()
        options["cut_off"] = time.fromisoformat(hour)
    if "end" in row:
        options["day_end"] = "midnight"
    clock = motcua.Clock(row["limit"], at(row["start"]), **options)
    suspensions = []
    for cell in row.get("suspensions", "").split("|"):
        if cell:
            begin, end, policy = cell.split("~")
            end = at(end) if end[:1].isdigit() else None
            suspensions.append({"from": at(begin), "to": end, "reason": "chờ", "policy": policy})
    clock = clock.with_suspensions(suspensions)
    last = max((entry["at"] for entry in clock.ledger), default=clock.received)
    for by in row.get("extensions", "").split("|"):
        if by:
            clock = clock.extend(last, by, "xác minh")
    return clock


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_each_worked_case_comes_out_as_its_source_says(row):
    row = {name: cell for name, cell in row.items() if cell != "-"}
    calendar = known_on(row["known_on"]) if "known_on" in row else VIETNAM
    clock = clock_of(row)
    words = ("suspended", "not_stated", "unknown")
    told = clock.due(calendar) if clock.state(calendar) == "at" else clock.state(calendar)
    assert told == (row["expected"] if row["expected"] in words else at(row["expected"])), row["why"]
    copy = pickle.loads(pickle.dumps(clock))
    assert copy == clock == motcua.Clock.from_json(clock.to_json()) and hash(copy) == hash(clock)
    why = clock.explain(calendar)
    assert why.due == clock.due(calendar) and "thời hạn" in why.vi and why.svg().startswith("<svg")
    assert all(step["rule"]["source"] for step in why.to_dict()["steps"])


def test_there_are_enough_of_them():
    assert len(ROWS) >= 120
