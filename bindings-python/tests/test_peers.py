"""NumPy's business days, whose calls these can replace, and the holidays of another library."""

from datetime import date, timedelta

import holidays
import numpy as np
import pytest

import motcua

VIETNAM = motcua.Calendar.vietnam()
# NumPy knows weekends and holidays, but no worked Saturday: only years without one can be told to it.
SPANS = [("2016-01-01", "2018-12-31"), ("2020-01-01", "2023-12-31")]
ROLLS = ["forward", "following", "backward", "preceding", "modifiedfollowing", "modifiedpreceding"]


def calendar_of(first, last):
    """The days of a span, and NumPy's calendar of them."""
    days = np.arange(first, np.datetime64(last) + 1, dtype="M8[D]")
    told = [VIETNAM.day(day) for day in days.tolist()]
    assert not any(day.kind == "worked" for day in told)
    off = [day.date for day in told if day.date.weekday() < 5 and not day.is_working]
    return days, np.busdaycalendar(holidays=off)


def same(ours, theirs):
    assert type(ours) is type(theirs) and ours.dtype == theirs.dtype and ours.shape == theirs.shape
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("span", SPANS)
def test_offsets_are_those_of_numpy(span):
    days, theirs = calendar_of(*span)
    inner = days[100:-100]
    for roll in ROLLS:
        for step in [-60, -23, -5, -2, -1, 0, 1, 2, 5, 23, 60]:
            same(motcua.busday_offset(inner, step, roll), np.busday_offset(inner, step, roll, busdaycal=theirs))
        steps = np.random.default_rng(len(roll)).integers(-60, 60, inner.size)
        expected = np.busday_offset(inner, steps, roll=roll, busdaycal=theirs)
        for threads in (1, 2):
            same(motcua.busday_offset(inner, steps, roll=roll, threads=threads), expected)
    for step in (-3, 0, 3):
        same(motcua.busday_offset(inner, step, "nat"), np.busday_offset(inner, step, "nat", busdaycal=theirs))
    working = inner[np.is_busday(inner, busdaycal=theirs)]
    same(motcua.busday_offset(working, 7), np.busday_offset(working, 7, busdaycal=theirs))


@pytest.mark.parametrize("span", SPANS)
def test_counts_are_those_of_numpy(span):
    days, theirs = calendar_of(*span)
    generator = np.random.default_rng(5)
    begin, end = (generator.choice(days, 20_000) for _ in range(2))
    # In order, reversed, and of one day.
    for first, last in [(begin, end), (np.sort(begin), np.sort(end)[::-1]), (begin, begin), (days[:-1], days[1:])]:
        same(motcua.busday_count(first, last), np.busday_count(first, last, busdaycal=theirs))
        same(motcua.busday_count(last, first, threads=2), np.busday_count(last, first, busdaycal=theirs))
    same(motcua.is_busday(days), np.is_busday(days, busdaycal=theirs))


def test_shapes_and_single_values_are_those_of_numpy():
    days, theirs = calendar_of(*SPANS[1])
    grid, steps = days[200:203].reshape(3, 1), np.array([[-1, 0, 2, 9]], np.int16)
    same(motcua.busday_offset(grid, steps, "forward"), np.busday_offset(grid, steps, "forward", busdaycal=theirs))
    same(motcua.busday_count(grid, days[300:304]), np.busday_count(grid, days[300:304], busdaycal=theirs))
    same(motcua.is_busday(grid), np.is_busday(grid, busdaycal=theirs))
    for one in ("2022-08-31", date(2022, 8, 31), np.datetime64("2022-08-31")):
        same(motcua.busday_offset(one, 1), np.busday_offset(one, 1, busdaycal=theirs))
        same(motcua.busday_offset(one, [1, 2]), np.busday_offset(one, [1, 2], busdaycal=theirs))
        pair = [one, None]
        same(motcua.busday_offset(pair, 1, "forward"), np.busday_offset(pair, 1, "forward", busdaycal=theirs))
        same(motcua.busday_count(one, "2022-10-01"), np.busday_count(one, "2022-10-01", busdaycal=theirs))
        same(motcua.is_busday(one), np.is_busday(one, busdaycal=theirs))
    empty = np.array([], "M8[D]")
    same(motcua.busday_offset(empty, 1), np.busday_offset(empty, 1))
    assert motcua.is_busday("NaT") == np.is_busday("NaT") == np.False_


def test_refusals_are_those_of_numpy():
    _, theirs = calendar_of(*SPANS[1])
    calls = [
        (ValueError, "busday_offset", ("2022-09-03", 1)),
        (ValueError, "busday_offset", ("NaT", 1)),
        (ValueError, "busday_offset", ("2022-08-31", 1, "sideways")),
        (ValueError, "busday_count", ("NaT", "2022-08-31")),
        (ValueError, "busday_count", ("2022-08-31", "NaT")),
        (ValueError, "is_busday", ("yesterday",)),
    ]
    for error, name, arguments in calls:
        with pytest.raises(error):
            getattr(np, name)(*arguments, busdaycal=theirs)
        with pytest.raises(error):
            getattr(motcua, name)(*arguments)
    with pytest.raises(TypeError):
        motcua.busday_offset("2022-08-31", 1.5)
    # `nat` is for days that are not worked; what lies outside the calendar is an error all the same.
    days = np.array(["2022-08-31", "2022-09-03", "2100-12-31", "1950-01-02"], "M8[D]")
    with pytest.raises(motcua.CalendarError) as caught:
        motcua.busday_offset(days, 5, roll="nat")
    assert caught.value.rows == [2, 3]
    assert motcua.busday_offset(days[:2], 5, roll="nat").tolist() == [date(2022, 9, 9), None]


# Where the package `holidays` says otherwise, and whose word it is that ours takes.
SWAPS_2013 = "Thông báo thời gian nghỉ các ngày lễ, Tết năm 2013"
TET_2014 = "Ấn định thời gian nghỉ Tết Giáp Ngọ và ngày lễ 2014"
NEW_YEAR_2026 = "Công văn 12729/VPCP-KGVX ngày 25/12/2025"
DIFFERENCES = {
    date(2013, 1, 5): (True, "worked", SWAPS_2013),
    date(2013, 2, 23): (True, "worked", SWAPS_2013),
    date(2014, 1, 25): (True, "worked", TET_2014),
    date(2014, 1, 28): (False, "swapped_off", TET_2014),
    date(2014, 2, 5): (False, "compensatory", TET_2014),
    date(2014, 2, 8): (True, "worked", TET_2014),
    date(2026, 1, 2): (False, "swapped_off", NEW_YEAR_2026),
    date(2026, 1, 10): (True, "worked", NEW_YEAR_2026),
}


def test_where_another_calendar_of_vietnam_differs():
    theirs = holidays.country_holidays("VN", years=range(2013, 2028))
    days = [date(2013, 1, 1) + timedelta(n) for n in range((date(2028, 1, 1) - date(2013, 1, 1)).days)]
    differing = [day for day in days if theirs.is_working_day(day) != VIETNAM.is_working_day(day)]
    assert differing == list(DIFFERENCES)
    for day, (works, kind, source) in DIFFERENCES.items():
        ours = VIETNAM.day(day)
        assert (ours.is_working, ours.kind) == (works, kind) and source in ours.source and ours.url
