import json
import pickle
from datetime import date, datetime, time, timedelta, timezone

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
    with pytest.raises(ValueError, match="use pause, restart, keep_running or second_stage"):
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


JUNE = [datetime(2026, 6, day, 10, 0) for day in range(1, 31)]


def june(day):
    return JUNE[day - 1]


def test_rules():
    rule = motcua.LimitRule(
        "5 working_day",
        cut_off=time(15, 0),
        after_cut_off="count_from_next_working_day",
        on_suspension="second_stage",
        second_stage="2 working_day",
        day_end="midnight",
    )
    assert (str(rule.limit), rule.cut_off, rule.after_cut_off) == (
        "5 working_day",
        time(15, 0),
        "count_from_next_working_day",
    )
    assert (rule.on_suspension, str(rule.second_stage)) == ("second_stage", "2 working_day")
    assert (rule.day_parts, rule.day_end, rule.direction) == ("half_days", "midnight", "after")
    copy = pickle.loads(pickle.dumps(rule))
    assert copy == rule and hash(copy) == hash(rule) and rule != motcua.LimitRule("5 working_day")
    assert repr(rule).startswith("<LimitRule {") and motcua.LimitRule("1 day").after_cut_off is None
    # A clock runs by a rule, or by a limit with the same words.
    clock = motcua.Clock(rule, june(1))
    assert clock.rule == rule and clock.due() == datetime(2026, 6, 8, 23, 59, 59)
    resumed = clock.suspend(june(2), "nộp lệ phí").resume(june(3))
    assert resumed.due() == datetime(2026, 6, 5, 23, 59, 59)
    with pytest.raises(TypeError, match="its own options"):
        motcua.Clock(rule, june(1), day_end="midnight")
    for options, known in [
        ({"day_parts": "x"}, "half_days, office_minutes or eight_hours"),
        ({"day_end": "x"}, "office_hours or midnight"),
        ({"direction": "x"}, "after or before"),
        ({"on_suspension": "x"}, "pause, restart, keep_running or second_stage"),
        ({"after_cut_off": "x"}, "count_from_next_working_day or forward_next_working_day"),
    ]:
        with pytest.raises(ValueError, match=known):
            motcua.LimitRule("1 day", **options)
    with pytest.raises(motcua.DeadlineError) as caught:
        motcua.LimitRule("30 day", cut_off=time(15, 0))
    assert caught.value.code == "deadline.cut_off_effect"


SEVEN_HOURS = """
[[source]]
id = "rule"
act = "Quyết định 1/QĐ-UBND"
known_since = 2026-03-01
url = "https://example.gov.vn/1"
verified = false

[[hours]]
from = 2026-01-01
open = ["07:30-11:30", "13:30-16:30"]
source = "rule"
"""


def test_options_of_a_clock():
    # Half a day from 9:00, in an office that works seven hours.
    seven = motcua.Calendar.vietnam().for_unit(SEVEN_HOURS)
    for parts, hour in [("half_days", (16, 30)), ("office_minutes", (14, 30)), ("eight_hours", (15, 0))]:
        clock = motcua.Clock("0.5 working_day", datetime(2026, 6, 1, 9, 0), day_parts=parts)
        assert clock.due(seven) == datetime(2026, 6, 1, *hour) and clock.rule.day_parts == parts
    before = motcua.Clock("24 hour", datetime(2026, 6, 5, 9, 0), direction="before")
    assert before.due() == datetime(2026, 6, 4, 9, 0)
    forward = motcua.Clock(
        "3 working_day",
        datetime(2026, 6, 5, 15, 10),
        cut_off=time(15, 0),
        after_cut_off="forward_next_working_day",
    )
    assert forward.due() == motcua.Clock("3 working_day", datetime(2026, 6, 5, 15, 10)).due()
    assert forward.forward_by().date() == date(2026, 6, 8)


def test_the_life_of_a_clock():
    clock = motcua.Clock("5 working_day", june(1))
    clock = clock.suspend(june(2), "bổ sung", "restart", answer_within="15 day")
    assert clock.lapses() == datetime(2026, 6, 17, 23, 59, 59)
    assert clock.status(june(3))["phase"] == "suspended" and clock.status(june(3))["due"] is None
    clock = clock.resume(june(4)).extend(june(5), "2 working_day", "xác minh")
    clock = clock.reappoint(june(10), datetime(2026, 6, 18, 17, 0), "chờ kết quả")
    assert clock.lapses() is None and clock.due() == datetime(2026, 6, 18, 17, 0)
    assert [(due["cause"], due["state"], due["due"] and due["due"].day) for due in clock.dues()] == [
        ("initial", "at", 8),
        ("suspended", "suspended", None),
        ("restarted", "at", 11),
        ("extended", "at", 15),
        ("rescheduled", "at", 18),
    ]
    assert clock.reappointment == {
        "apologised": june(10),
        "to": datetime(2026, 6, 18, 17, 0),
        "reason": "chờ kết quả",
    }
    status = clock.status(june(17))
    assert status == {
        "at": june(17),
        "phase": "running",
        "due": datetime(2026, 6, 18, 17, 0),
        "state": "at",
        "timeliness": "early",
        "working_days_left": 1,
        "working_time_left": motcua.Calendar.vietnam().count_working_time(june(17), datetime(2026, 6, 18, 17, 0)),
        "projected": False,
    }
    # Looked at from earlier, and written and read again.
    assert clock.as_of(june(4)).due() == datetime(2026, 6, 11, 17, 0)
    assert clock.as_known_at(june(2)).state() == "suspended"
    assert motcua.Clock.from_json(clock.to_json()) == clock == pickle.loads(pickle.dumps(clock))
    with pytest.raises(ValueError, match="the clock cannot be read"):
        motcua.Clock.from_json("{}")
    stopped = clock.stop(datetime(2026, 6, 19, 8, 0))
    assert stopped.stopped == datetime(2026, 6, 19, 8, 0)
    late = stopped.status(june(22), by="instant")
    assert (late["phase"], late["timeliness"], late["working_days_left"]) == ("stopped", "overdue", -1)
    with pytest.raises(motcua.DeadlineError) as caught:
        clock.reappoint(june(11), june(25), "lần nữa")
    assert caught.value.code == "deadline.reappointed"


def test_the_ledger():
    clock = motcua.Clock("5 working_day", june(1)).suspend(june(2), "chờ nộp phí").resume(june(5))
    assert [list(entry["change"]) for entry in clock.ledger] == [["suspend"], ["resume"]]
    assert clock.ledger[1] == {"at": june(5), "recorded": june(5), "change": {"resume": {"suspension": 0}}}
    assert clock.suspensions == [
        {"from": june(2), "to": june(5), "reason": "chờ nộp phí", "policy": "pause", "answer_within": None}
    ]
    # The payment had come on 3/6, which nobody had noted; what was recorded on 5/6 was wrong.
    wrong, correction = clock.record(june(8), june(8), {"annul": {"entry": 1}})
    assert correction["before"]["state"] == "at" and correction["after"] == {"due": None, "state": "suspended"}
    right, correction = wrong.record(june(3), june(8), {"resume": {"suspension": 0}})
    assert (correction["before"]["state"], correction["after"]["due"]) == ("suspended", right.due())
    assert right.due() < clock.due() and clock.annul(june(8), 1) == wrong
    assert [due["state"] for due in correction["dues_after"]] == ["at", "suspended", "at"]
    assert right.as_known_at(june(6)) == clock
    # What a ledger has can be written down again, moments and all.
    put_off = clock.reappoint(june(9), june(19), "chờ").ledger[-1]
    assert put_off["change"]["reappoint"]["to"] == june(19)
    again, _ = clock.record(put_off["at"], put_off["recorded"], put_off["change"])
    assert again.due() == june(19)
    assert clock.record(june(9), june(9), "stop")[0].stopped == june(9)
    with pytest.raises(ValueError, match="the change cannot be read"):
        clock.record(june(9), june(9), {"forget": {}})
    with pytest.raises(motcua.DeadlineError) as caught:
        clock.record(june(9), june(8), {"annul": {"entry": 0}})
    assert caught.value.code == "deadline.recorded"


def test_suspensions_legs_milestones_and_parts():
    clock = motcua.Clock("10 working_day", june(1)).suspend(june(2), "a").suspend(june(3), "b")
    assert clock.resume(june(4)).suspensions[1]["to"] == june(4)
    assert clock.resume(june(4), suspension=0).suspensions[0]["to"] == june(4)
    with pytest.raises(motcua.DeadlineError) as caught:
        clock.resume(june(4), suspension=2)
    assert caught.value.code == "deadline.not_suspended"
    whole = motcua.Clock("10 working_day", june(1)).with_suspensions(
        [
            {"from": june(3), "to": june(5), "reason": "b", "policy": "restart", "answer_within": "15 day"},
            {"from": june(2).replace(tzinfo=timezone(timedelta(hours=7))), "reason": "a"},
        ]
    )
    assert [(s["reason"], s["policy"], s["to"]) for s in whole.suspensions] == [
        ("a", "pause", None),
        ("b", "restart", june(5)),
    ]
    assert whole.suspensions[1]["answer_within"] == motcua.TimeLimit("15 day")
    assert motcua.Clock("10 working_day", june(1)).with_suspensions(whole.suspensions).due() == whole.due()
    clock = motcua.Clock("10 working_day", june(1)).start_leg(june(2), "thuế", "2 working_day")
    clock = clock.start_leg(june(2), "trả", motcua.LimitRule("1 working_day")).stop_leg(june(3), "trả")
    assert clock.leg_due("thuế") == datetime(2026, 6, 4, 17, 0)
    assert [(leg["name"], leg["stopped"], str(leg["rule"].limit)) for leg in clock.legs] == [
        ("thuế", None, "2 working_day"),
        ("trả", june(3), "1 working_day"),
    ]
    with pytest.raises(motcua.DeadlineError) as caught:
        clock.leg_due("công an")
    assert caught.value.code == "deadline.leg"
    clock = clock.with_milestones([("thẩm tra", "3 working_day")]).with_parts(["15 working_day"])
    assert clock.milestones() == [{"name": "thẩm tra", "due": datetime(2026, 6, 4, 17, 0), "state": "at"}]
    assert clock.due() == motcua.Clock("15 working_day", june(1)).due()
    assert pickle.loads(pickle.dumps(clock)) == clock


def test_incidents():
    told = {incident["id"]: incident for incident in motcua.incidents()}
    supplement = told["supplement-118-2025"]
    assert supplement["effect"] == "restart" and supplement["answer_within"] == motcua.TimeLimit("15 day")
    assert supplement["from"] == date(2025, 7, 1) and "118/2025" in supplement["source"]
    clock = motcua.Clock("3 working_day", june(1))
    assert clock.suspend_for(june(2), "supplement-118-2025").lapses() == datetime(2026, 6, 17, 23, 59, 59)
    longer = clock.extend_for(june(2), "3 working_day", "verify-civil-status-change")
    assert longer.due() == datetime(2026, 6, 9, 17, 0)
    for call, code in [
        (lambda: clock.extend_for(june(2), "5 working_day", "verify-civil-status-change"), "extension_too_long"),
        (lambda: clock.suspend_for(june(2), "verify-civil-status-change"), "incident_effect"),
        (lambda: clock.suspend_for(june(2), "supplement-61-2018"), "incident_not_in_force"),
        (lambda: clock.suspend_for(june(2), "rain"), "incident_unknown"),
    ]:
        with pytest.raises(motcua.DeadlineError) as caught:
            call()
        assert caught.value.code == f"deadline.{code}"


def test_two_calendars_compared():
    after = motcua.Calendar.vietnam()
    before = after.as_known_on(date(2025, 12, 24))
    change = motcua.Clock("1 working_day", datetime(2025, 12, 31, 9, 0)).compare(before, after)
    assert change["before"]["due"] == datetime(2026, 1, 2, 17, 0)
    assert change["after"]["due"] == datetime(2026, 1, 5, 17, 0)
    [(day_before, day_after)] = change["because"]
    assert (day_before.kind, day_after.kind) == ("working", "swapped_off") and "12729/VPCP" in day_after.source


def test_readings():
    reading = motcua.TimeLimit.read("Không quá 20 ngày (không kể thời gian giải phóng mặt bằng)")
    assert reading.limit == motcua.TimeLimit("20 day")
    assert reading.clauses == [{"excluded": "không kể thời gian giải phóng mặt bằng"}]
    copy = pickle.loads(pickle.dumps(reading))
    assert copy == reading and hash(copy) == hash(reading)
    assert repr(reading).startswith("TimeLimit.read(")
    with pytest.raises(motcua.DeadlineError, match="17 day, 13 day") as caught:
        motcua.TimeLimit.read("mười bảy (13) ngày")
    assert caught.value.code == "deadline.unclear"


TABLE = """
[[limit]]
limit = "24 hour"
anchor = "arrival"
direction = "before"
when = { matter = "notice" }
source = "…"
verified = false

[[limit]]
limit = "17 working_day"
anchor = "complete_dossier"
at_most = 10
alternative = [{ when = { remote = "yes" }, add = "10 working_day" }]
source = "…"
verified = false
"""


def test_limits_that_depend_on_the_case():
    table = motcua.LimitTable(TABLE)
    events = {"complete_dossier": datetime(2026, 6, 5, 9, 0), "arrival": datetime(2026, 6, 9, 8, 0)}
    clock = table.clock(date(2026, 6, 5), {"remote": "yes"}, 2, events)
    assert str(clock.limit) == "27 working_day" and clock.received == datetime(2026, 6, 5, 9, 0)
    notice = table.clock(date(2026, 6, 5), facts={"matter": "notice"}, events=events)
    assert notice.due() == datetime(2026, 6, 8, 8, 0)
    copy = pickle.loads(pickle.dumps(table))
    assert copy == table and hash(copy) == hash(table) and len(table) == 2
    assert repr(table) == '<LimitTable "limits.toml", 2 rows>'
    with pytest.raises(motcua.DeadlineError) as caught:
        table.clock(date(2026, 6, 5))
    assert caught.value.code == "deadline.no_row"
    with pytest.raises(motcua.DeadlineError) as caught:
        table.clock(date(2026, 6, 5), quantity=1)
    assert caught.value.code == "deadline.anchor_missing"
    with pytest.raises(motcua.DefinitionError, match="mine.toml:"):
        motcua.LimitTable("[[limit]]\nlimit = 1\n", file="mine.toml")


def test_an_explanation_says_what_it_rests_on():
    known = motcua.Calendar.vietnam().as_known_on(date(2025, 12, 24))
    clock = motcua.Clock("1 working_day", datetime(2025, 12, 31, 9, 0))
    why = clock.explain(known)
    assert why.known_on == date(2025, 12, 24) and clock.explain().known_on is None
    assert isinstance(why.verified, bool) and json.loads(why.to_json()) == why.to_dict()
    # It is drawn by the calendar by which it was explained.
    assert why.svg().startswith("<svg") and why.svg() == why.svg(known) != why.svg(motcua.Calendar.vietnam())
