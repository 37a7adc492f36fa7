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
