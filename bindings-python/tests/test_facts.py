"""Figures of dossiers: from a journal, and from an export under other names."""

import pickle
from datetime import date, datetime

import pytest

import motcua

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 30)
ROWS = """\
Mã hồ sơ;Thủ tục;unit;channel;received;due;finished;supplements
1;1.004873;xã A;online;2026-06-01 09:00;2026-06-04 17:00;2026-06-04 18:00;0
2;1.004873;xã A;online;2026-06-01 09:00;2026-06-04 17:00;2026-06-09 09:00;2
3;1.004873;xã B;Zalo;2026-06-01 09:00;2026-06-04 17:00;;1
4;1.004873;xã B;fax;2026-06-01 09:00;2026-06-04 17:00;;1
"""
MAPPING = """
[[mapping]]
rows = "dossiers"
columns = { dossier = "mã hồ sơ", procedure = "thủ tục" }
values = { channel = { zalo = "online" } }
"""
STEPS = """\
dossier,procedure,unit,step,began,ended
3,1.004873,xã B,sign,2026-06-03 09:00,
3,1.004873,xã B,check,2026-06-01 09:00,2026-06-03 09:00
"""


@pytest.fixture
def facts():
    return motcua.Facts.read_csv(ROWS, mapping=MAPPING, steps=STEPS)


def test_rows_that_cannot_be_taken_in_are_told(facts):
    assert len(facts) == 3
    (bad,) = facts.bad_rows
    assert (bad["line"], bad["code"]) == (5, "exchange.channel")
    assert [row["dossier"] for row in facts.rows()] == ["1", "2", "3"]
    again = motcua.Facts.read_csv(facts.to_csv())
    assert again.rows() == facts.rows() and again.bad_rows == []
    with pytest.raises(motcua.DefinitionError) as error:
        motcua.Facts.read_csv("unit\nxã A\n")
    assert error.value.code == "exchange.columns"
    with pytest.raises(motcua.DefinitionError) as error:
        motcua.Facts.read_csv(ROWS, mapping=MAPPING.replace("procedure =", "what ="))
    assert error.value.code == "exchange.mapping_column"


def test_tables_are_cut_by_anything_and_merge(facts):
    table = facts.table(FIRST, LAST, ["unit", "month"])
    rows = table.rows()
    assert [(row["unit"], row["month"], row["received_online"]) for row in rows] == [
        ("xã A", "2026-06", 2),
        ("xã B", "2026-06", 1),
    ]
    assert rows[0]["on_time_of_resolved"]["numerator"] == 1
    assert rows[0]["days"]["p50"] == 4.5 and rows[0]["hours"]["mean"] > 24
    assert rows[1]["open_overdue"] == 1 and "digitised" not in rows[1]
    sheet = table.sheet(["on_time_of_due"])
    assert sheet.rows[0][:3] == ["xã A", "2026-06", "2"] and "xã A" in sheet.html()
    assert str(sheet) == sheet.markdown() and sheet.csv().count("\n") == 3
    assert pickle.loads(pickle.dumps(table)) == table
    doubled = table.merged(table)
    assert [row["received_online"] for row in doubled.rows()] == [4, 2]
    assert table.league("on_time_of_due").rows[0][1] == "xã A, 2026-06"
    with pytest.raises(motcua.MeasureError) as error:
        table.merged(facts.table(FIRST, LAST, ["unit"]))
    assert error.value.code == "measure.tables_differ"
    with pytest.raises(ValueError, match="unit, tier, field"):
        facts.table(FIRST, LAST, ["colour"])
    with pytest.raises(ValueError, match="on_time_of_due"):
        table.sheet(["speed"])
    above = facts.table(FIRST, LAST, [("province", LAST)])
    assert above.rows()[0]["province"] == "?", "nobody said where the communes lie"
    (first, *_) = facts.table(FIRST, LAST, ["unit", ("unit", LAST), ("province", LAST)]).rows()
    assert [first[name] for name in ("unit", "unit on 2026-06-30", "province")] == ["xã A", "?", "?"]


def test_comparisons_show_chance_and_warn_of_breaks(facts):
    rest = facts.table(FIRST, LAST, ["unit"]).against_rest("on_time_of_due", "unit")
    assert [row["points"] for row in rest] == [50.0, -50.0]
    assert not any(row["beyond_chance"] for row in rest)
    text = ROWS.replace("Mã hồ sơ;Thủ tục", "dossier;procedure").replace("Zalo", "online")
    earlier = "9;1.004873;xã A;post;2025-06-05 09:00;2025-06-09 17:00;2025-06-06 09:00;0\n"
    both = motcua.Facts.read_csv(text + earlier).table(date(2025, 1, 1), LAST, ["unit", "month"])
    (change,) = both.changes("online", year=True)
    assert (change["unit"], change["month"], change["points"]) == ("xã A", "2026-06", 100.0)
    assert "district" in change["breaks"][0]["what_en"]


def test_reports(facts):
    assert facts.form06(FIRST, LAST).rows[-1][2] == "3"
    units, dossiers = facts.inspection(FIRST, LAST)
    assert len(units.rows) == 2
    assert [row[1] for row in dossiers.rows] == [
        "Giải quyết quá hạn",
        "Yêu cầu bổ sung quá một lần",
        "Đang quá hạn",
    ]
    assert [row[1] for row in facts.publicity(FIRST, LAST).rows] == ["3", "2"]
    assert facts.ratios(FIRST, LAST)["online"]["percent"] == 100.0
    assert facts.source_rows("on_time_of_due", FIRST, LAST) == (["1"], ["2", "3"])


def test_a_scorecard_is_filled_in_from_all_that_was_counted(facts):
    petitions = "petition,unit,received,answered\nPA-1,xã A,2026-06-01,2026-06-22\nPA-2,xã A,2026-06-01,2026-06-23\n"
    index = motcua.Index.find("qd-766", LAST, profile="portal")
    counted = facts.ratios(FIRST, LAST) | motcua.ratios("petitions", petitions, FIRST, LAST)
    figures = index.figures(counted)
    assert figures["2.1"] == {"numerator": 1, "denominator": 3}
    assert figures["5.2"] == {"numerator": 1, "denominator": 2}
    card = index.scorecard(figures)
    points = {one["code"]: one["points"] for group in card["groups"] for one in group["indicators"]}
    assert (points["2.1"], points["5.2"]) == (6.67, 3.0)
    nine = motcua.Index.find("nd-61-2018", date(2025, 6, 30), profile="unit")
    levels = facts.levels(FIRST, LAST)
    assert levels == {"handling_time": [0, 1, 1], "contacts": [1, 0, 1]}
    card = nine.scorecard(nine.figures({}, levels))
    assert card["points"] == 1.5


def test_times_with_what_is_open(facts):
    at = datetime(2026, 6, 30, 17, 0)
    assert [(band["from"], band["overdue"]) for band in facts.ageing(at, [10])] == [(0, 0), (10, 1)]
    (place,) = facts.waiting(at)
    assert (place["step"], place["days"]["count"], place["longest"]) == ("sign", 1, "3")
    (step,) = facts.step_times(FIRST, LAST)
    assert (step["step"], step["days"]["p50"]) == ("check", 2)
    assert step["seconds"]["p50"] == pytest.approx(16 * 3600, rel=0.004)
    open_after = [row["open"] for row in facts.survival(FIRST, LAST, 10)]
    assert open_after[2] == 1.0
    assert open_after[3] == pytest.approx(2 / 3) and open_after[6] == pytest.approx(1 / 3)
    forecast = facts.forecast(date(2026, 6, 1), date(2026, 6, 3))
    assert [risk["dossier"] for risk in forecast["risks"]] == ["1", "2", "3"]
    assert forecast["last"] == "2026-06-10"


def test_the_rows_are_counted_as_columns_too(facts):
    columns, names = facts.columns("unit")
    cohorts = motcua.Cohorts(len(names), "month", FIRST, LAST)
    cohorts.add(columns)
    table = cohorts.table()
    assert names == ["xã A", "xã B"]
    assert [int(n) for n in table["received"]] == [2, 1] and [int(n) for n in table["overdue"]] == [0, 1]
    with pytest.raises(ValueError, match="unit, field or procedure"):
        facts.columns("colour")


def test_a_reform_is_tried_on_what_happened(facts):
    reform = "[[change]]\nprocedure = '1.004873'\nlimit = '1 working_day'\n"
    reformed = facts.reform(reform, FIRST, LAST)
    both = reformed["procedures"]["1.004873"]
    on_time = [both[when]["on_time_of_resolved"]["numerator"] for when in ("before", "after")]
    assert on_time == [1, 0] and reformed["unknown"] == []
    with pytest.raises(motcua.DefinitionError) as error:
        facts.reform("[[change]]\nprocedure = '1'\n", FIRST, LAST)
    assert error.value.code == "measure.reform_empty"


def test_what_is_no_dossier_has_its_measures():
    text = "petition,unit,received,answered\nPA-1,xã A,2026-06-01,2026-06-22\nPA-2,xã A,2026-06-01,2026-06-23\n"
    found = motcua.ratios("petitions", text, FIRST, LAST)
    assert (found["petitions_on_time"]["numerator"], found["petitions_on_time"]["denominator"]) == (1, 2)
    with pytest.raises(motcua.DefinitionError) as error:
        motcua.ratios("petitions", text + "PA-3,xã A,soon,\n", FIRST, LAST)
    assert error.value.code == "exchange.moment"
    ids = [measure["id"] for measure in motcua.measures()]
    assert "on_time_of_due" in ids and "petitions_on_time" in ids


def test_the_facts_of_a_journal(tmp_path):
    units = """
[[unit]]
id = "hoa-thanh"
name_vi = "UBND xã Hoa Thành"
tier = "commune"

[[officer]]
id = "reception"
unit = "hoa-thanh"
roles = ["one_stop"]
"""
    engine = motcua.Engine(tmp_path / "journal.sqlite", units)
    receive = {"receive": {"procedure": "2.000815", "unit": "hoa-thanh", "channel": "online"}}
    for actor, at, command in [
        ("applicant", "2026-06-01T08:00:00", receive),
        ("reception", "2026-06-01T08:10:00", {"accept": {"digitised": True}}),
    ]:
        engine.command({"dossier": "H41-1", "actor": actor, "at": at, "key": at, "command": command})
    facts = engine.facts(LAST)
    assert facts.rows()[0]["digitised"] is True
    assert [row["action"] for row in facts.step_rows()] == ["accept", "complete"]
    (row,) = facts.table(FIRST, LAST, ["tier"]).rows()
    assert (row["tier"], row["open_overdue"]) == ("commune", 1)
    (place,) = facts.waiting(datetime(2026, 6, 3, 9, 0))
    assert place["step"] == "check"
