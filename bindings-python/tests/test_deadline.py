import json
import pickle
from datetime import datetime, time

import pytest

import motcua


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("0,5 ngày làm việc", "0.5 working_day"),
        ("04 giờ", "4 hour"),
        ("trong ngày", "same_day"),
        ("Không quy định", "not_stated"),
    ],
)
def test_time_limits_are_read(text, canonical):
    limit = motcua.TimeLimit(text)
    assert str(limit) == canonical
    assert repr(limit) == f'TimeLimit("{canonical}")'
    assert limit == motcua.TimeLimit(canonical) == motcua.TimeLimit(limit.vi)
    assert len({limit, motcua.TimeLimit(canonical)}) == 1
    assert pickle.loads(pickle.dumps(limit)) == limit


def test_a_wrong_limit_says_what_to_do():
    with pytest.raises(motcua.DeadlineError, match="no unit of time; use hour") as caught:
        motcua.TimeLimit("3 fortnights")
    assert caught.value.code == "deadline.unit_unknown"


def test_due_dates():
    clock = motcua.Clock("3 working_day", datetime(2026, 6, 1, 9, 0))
    assert clock.due() == datetime(2026, 6, 4, 17, 0)
    assert clock.due(motcua.Calendar.vietnam()) == clock.due()
    assert motcua.Clock(motcua.TimeLimit("same_day"), datetime(2026, 6, 5, 15, 10)).due() == datetime(2026, 6, 5, 17, 0)
    late = motcua.Clock("same_day", datetime(2026, 6, 5, 15, 10), cut_off=time(15, 0))
    assert late.due() == datetime(2026, 6, 8, 17, 0)
    next_day = motcua.Clock(
        "3 working_day",
        datetime(2026, 6, 5, 15, 10),
        cut_off=time(15, 0),
        after_cut_off="count_from_next_working_day",
    )
    assert next_day.due() == datetime(2026, 6, 11, 17, 0)
    assert motcua.Clock("not_stated", datetime(2026, 6, 1)).state() == "not_stated"
    with pytest.raises(ValueError, match="use due_next_working_day"):
        motcua.Clock("1 day", datetime(2026, 6, 1), after_cut_off="never")


def test_a_clock_never_changes():
    clock = motcua.Clock("3 working_day", datetime(2026, 6, 1, 9, 0))
    suspended = clock.suspend(datetime(2026, 6, 2, 10, 0), "bổ sung hồ sơ")
    resumed = suspended.resume(datetime(2026, 6, 9, 15, 0))
    stopped = resumed.stop(datetime(2026, 6, 10, 8, 0))
    assert [c.state() for c in (clock, suspended, resumed, stopped)] == ["at", "suspended", "at", "at"]
    assert clock.due() == datetime(2026, 6, 4, 17, 0) and suspended.due() is None
    assert resumed.due() == stopped.due() == datetime(2026, 6, 11, 17, 0)
    assert clock != suspended and (clock.received, str(clock.limit)) == (datetime(2026, 6, 1, 9, 0), "3 working_day")
    for each in (clock, suspended, resumed, stopped):
        copy = pickle.loads(pickle.dumps(each))
        assert copy == each and hash(copy) == hash(each) and copy.due() == each.due()
    with pytest.raises(motcua.DeadlineError) as caught:
        stopped.resume(datetime(2026, 6, 11))
    assert caught.value.code == "deadline.stopped"
    with pytest.raises(ValueError, match="use pause, restart or keep_running"):
        clock.suspend(datetime(2026, 6, 2), "x", "forget")


def test_the_explanation():
    why = motcua.Clock("3 working_day", datetime(2024, 4, 26, 9, 0)).explain()
    assert why.due == datetime(2024, 5, 4, 17, 0) and not why.projected
    assert "Victory (Reunification) Day" in str(why) and "hẹn trả: 2024-05-04 17:00" in why.vi
    told = why.to_dict()
    assert [day["date"] for day in told["skipped"]][:3] == ["2024-04-27", "2024-04-28", "2024-04-29"]
    assert json.loads(json.dumps(told)) == told
    assert repr(why) == "<Explanation of 3 working_day, due 2024-05-04 17:00>"


def test_timeliness():
    due = datetime(2026, 6, 4, 17, 0)
    assert motcua.timeliness(due, datetime(2026, 6, 4, 18, 0)) == "on_time"
    assert motcua.timeliness(due, datetime(2026, 6, 4, 18, 0), by="instant") == "overdue"
    assert motcua.timeliness(due, datetime(2026, 6, 3, 18, 0)) == "early"
    with pytest.raises(ValueError, match="use date or instant"):
        motcua.timeliness(due, due, by="feeling")
