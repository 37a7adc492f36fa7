import pickle
from datetime import date, datetime, timedelta, timezone

import pytest

import motcua

VIETNAM = motcua.Calendar.vietnam()


def test_working_days_with_swaps():
    assert VIETNAM.add_working_days(date(2024, 5, 3), 1) == date(2024, 5, 4)
    assert VIETNAM.add_working_days(date(2024, 4, 26), 1) == date(2024, 5, 2)
    assert VIETNAM.count_working_days(date(2024, 4, 26), date(2024, 5, 4)) == 3
    assert VIETNAM.is_working_day(date(2026, 1, 10)) and not VIETNAM.is_working_day(date(2026, 1, 2))


def test_adding_then_counting_returns_the_number():
    start = date(2025, 12, 1)
    for n in range(-200, 200):
        assert VIETNAM.count_working_days(start, VIETNAM.add_working_days(start, n)) == n


def test_working_time():
    friday = datetime(2026, 6, 5, 16, 0)
    assert VIETNAM.add_working_time(friday, timedelta(hours=8)) == datetime(2026, 6, 8, 16, 0)
    assert VIETNAM.count_working_time(friday, datetime(2026, 6, 8, 16, 0)) == timedelta(hours=8)


def test_a_moment_with_a_zone_is_converted():
    utc = datetime(2026, 6, 5, 9, 0, tzinfo=timezone.utc)
    assert VIETNAM.add_working_time(utc, timedelta(hours=8)) == datetime(2026, 6, 8, 16, 0)


def test_a_day_says_why():
    day = VIETNAM.day(date(2024, 4, 29))
    assert (day.kind, day.is_working, day.projected, day.verified) == ("swapped_off", False, False, True)
    assert "2450/VPCP-KGVX" in day.source and day.url.startswith("http")
    assert repr(day) == "<Day 2024-04-29 swapped_off, \"Swapped off; worked on 2024-05-04\">"
    assert day == VIETNAM.day(date(2024, 4, 29)) != VIETNAM.day(date(2024, 4, 30))
    assert len({day, VIETNAM.day(date(2024, 4, 29))}) == 1
    assert pickle.loads(pickle.dumps(day)) == day
    with pytest.raises(AttributeError):
        day.kind = "working"


def test_the_calendar_itself():
    assert (VIETNAM.first_day, VIETNAM.announced_to, VIETNAM.last_day) == (
        date(2013, 1, 1),
        date(2027, 12, 31),
        date(2100, 12, 31),
    )
    assert VIETNAM == motcua.Calendar.vietnam() and hash(VIETNAM) == hash(motcua.Calendar.vietnam())
    assert pickle.loads(pickle.dumps(VIETNAM)) == VIETNAM
    assert VIETNAM != 1


def test_a_calendar_as_it_was_known():
    before = VIETNAM.as_known_on(date(2025, 12, 24))
    after = VIETNAM.as_known_on(date(2025, 12, 25))
    assert (before.known_on, VIETNAM.known_on) == (date(2025, 12, 24), None)
    assert before.add_working_days(date(2025, 12, 31), 1) == date(2026, 1, 2)
    assert after.add_working_days(date(2025, 12, 31), 1) == date(2026, 1, 5)
    changes = before.changes(after)
    assert [(was.kind, now.kind, now.date) for was, now in changes] == [
        ("working", "swapped_off", date(2026, 1, 2)),
        ("weekly_rest", "worked", date(2026, 1, 10)),
    ]
    assert before.as_known_on(date(2025, 12, 25)) == after
    assert before.is_projected(date(2028, 1, 3)) and not before.is_projected(date(2025, 12, 24))
    # A day of another calendar stays what it is there.
    day = before.day(date(2026, 1, 2))
    assert pickle.loads(pickle.dumps(day)) == day != VIETNAM.day(date(2026, 1, 2))


def test_open_questions():
    question = next(asked for asked in VIETNAM.questions() if asked["id"] == "culture-day-made-up")
    assert question["answer"] == question["default"] == "no" and question["answers"] == ["no", "yes"]
    assert isinstance(question["first_case"], date) and question["reason"] and question["text_vi"]
    made_up = VIETNAM.answering("culture-day-made-up", "yes")
    monday = date(2029, 11, 26)
    assert (VIETNAM.day(monday).kind, made_up.day(monday).kind) == ("working", "compensatory")
    assert made_up.answering("culture-day-made-up", "no") == VIETNAM != made_up
    for arguments, code in [(("x", "yes"), "question"), (("culture-day-made-up", "x"), "answer")]:
        with pytest.raises(motcua.CalendarError) as caught:
            VIETNAM.answering(*arguments)
        assert caught.value.code == f"calendar.{code}"


UNIT = """
[[source]]
id = "rule"
act = "Quyết định 1/QĐ-UBND"
known_since = 2026-03-01
url = "https://example.gov.vn/1"
verified = false

[[hours]]
from = 2026-01-01
season = ["04-16", "10-15"]
open = ["06:30-11:00", "13:00-16:30"]
source = "rule"

[[open]]
from = 2026-01-01
weekdays = ["Sat"]
open = ["07:30-11:30"]
working_day = false
source = "rule"

[[closed]]
first = 2026-09-10
name_vi = "Bão"
name_en = "Storm"
source = "rule"
"""


def test_the_calendar_of_a_unit():
    unit = VIETNAM.for_unit(UNIT)
    assert unit.open_and_close(date(2026, 6, 8)) == (datetime(2026, 6, 8, 6, 30), datetime(2026, 6, 8, 16, 30))
    assert unit.open_and_close(date(2026, 6, 7)) is None
    assert unit.is_open(datetime(2026, 6, 6, 8, 0)) and not VIETNAM.is_open(datetime(2026, 6, 6, 8, 0))
    assert (unit.day(date(2026, 9, 10)).kind, unit.day(date(2026, 9, 10)).source) == (
        "unit_closed",
        "Quyết định 1/QĐ-UBND",
    )
    with pytest.raises(motcua.DefinitionError, match="mine.toml:"):
        VIETNAM.for_unit("[[hours]]\nbogus = 1\n", file="mine.toml")


def test_other_calendars_compare_hash_and_pickle():
    made = [
        VIETNAM,
        VIETNAM.as_known_on(date(2025, 12, 24)),
        VIETNAM.answering("culture-day-made-up", "yes"),
        VIETNAM.for_unit(UNIT),
        VIETNAM.for_unit(UNIT).answering("culture-day-made-up", "yes").as_known_on(date(2026, 5, 1)),
    ]
    assert len(set(made)) == len(made)
    for calendar in made:
        copy = pickle.loads(pickle.dumps(calendar))
        assert copy == calendar and hash(copy) == hash(calendar) and copy.changes(calendar) == []
        assert copy.known_on == calendar.known_on
    # The way there does not matter, nor what the file is called.
    again = VIETNAM.as_known_on(date(2026, 5, 1)).answering("culture-day-made-up", "yes").for_unit(UNIT, "x.toml")
    assert again == made[-1] and hash(again) == hash(made[-1])
    assert repr(made[-1]) == (
        'Calendar.vietnam().as_known_on(date(2026, 5, 1)).answering("culture-day-made-up", "yes")'
        '.for_unit(…, "unit.toml")  # 2013-01-01 to 2100-12-31'
    )
    assert repr(VIETNAM) == "Calendar.vietnam()  # 2013-01-01 to 2100-12-31"


def test_errors_are_one_family_with_codes():
    with pytest.raises(motcua.CalendarError) as caught:
        VIETNAM.add_working_days(date(2150, 1, 1), 1)
    error = caught.value
    assert isinstance(error, motcua.MotcuaError) and isinstance(error, ValueError)
    assert error.code == "calendar.date_out_of_range"
    assert "2013-01-01" in error.message and "ngoài lịch" in error.message_vi and error.code in str(error)
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.code, copy.message_vi) == (type(error), error.code, error.message_vi)
    with pytest.raises(TypeError):
        VIETNAM.add_working_days("2024-05-03", 1)


def test_every_error_is_of_the_family():
    errors = [value for name, value in vars(motcua).items() if name.endswith("Error")]
    assert len(errors) == 8 and all(issubclass(error, motcua.MotcuaError) for error in errors)
