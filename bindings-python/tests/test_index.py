"""Indexes and scorecards."""

from datetime import date
from pathlib import Path

import pytest

import motcua

DAY = date(2026, 10, 10)


def portal():
    index = motcua.Index.find("qd-766", DAY, profile="portal")
    assert index is not None
    return index


def test_published_figures_come_out_the_same():
    card = portal().scorecard({"2.1": {"numerator": 358_660, "denominator": 405_424}})
    group = next(group for group in card["groups"] if group["id"] == "TDGQ")
    assert group["points"] == 17.69
    # Indicator 4.x counts in full when nothing is known of it.
    assert card["class"] is None and card["scored_max"] == 22
    assert group["indicators"][0]["gain"] == {"more": 20_108, "points": 1.0}
    text = portal().scorecard_text({"3.6": {"numerator": 588, "denominator": 1_000}})
    assert "1.00 more with 167 more" in text and "not verified in full" in text


def test_the_readings_of_an_index():
    names = [(index.id, index.profile) for index in motcua.Index.library()]
    assert ("qd-766", "document") in names and ("nd-61-2018", "officer") in names
    assert not any(index.verified for index in motcua.Index.library())
    assert motcua.Index.find("qd-766", DAY) is None
    assert portal() == portal() and hash(portal()) == hash(portal())
    assert repr(portal()) == '<Index "qd-766", portal>'
    unit = motcua.Index.find("nd-61-2018", date(2024, 5, 1), profile="unit")
    assert [unit.class_of(points) for points in (15, 14.99, 5.9)] == ["xuất sắc", "tốt", "yếu"]
    with pytest.raises(ValueError, match="two decimals"):
        unit.class_of(1.005)
    assert len(unit.to_dict()["groups"][0]["indicator"]) == 9


def test_an_index_of_ones_own():
    library = Path(__file__).resolve().parents[2] / "core/data/indexes/commune-digital.toml"
    text = library.read_text(encoding="utf-8")
    (mine,) = motcua.Index.load(text.replace("commune-digital", "my-communes"))
    figures = {
        "1.5": {"numerator": 96, "denominator": 100},
        "2.1": {"points": 7.5, "evidence": "QĐ 12/QĐ-UBND"},
        "2.3": {"value": 1.5, "lowest": 1, "highest": 2},
    }
    assert mine.scorecard(figures)["points"] == 10 + 7.5 + 7.5
    with pytest.raises(motcua.DefinitionError) as caught:
        motcua.Index.load(text.replace("max = 100", "max = 99"), "mine.toml")
    assert caught.value.code == "score.sum" and "mine.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({"2.1": {"numerator": 3, "denominator": 2}}, "score.numerator_exceeds"),
        ({"9.9": {"numerator": 1, "denominator": 2}}, "score.unknown_indicator"),
        ({"2.1": {"levels": [1, 2, 3]}}, "score.wrong_figure"),
    ],
)
def test_wrong_figures_are_refused(figures, code):
    with pytest.raises(motcua.MeasureError) as caught:
        portal().scorecard(figures)
    assert caught.value.code == code and caught.value.message_vi


def test_what_is_no_figure():
    for figures in ({"2.1": 0.97}, [1], {"2.1": {"numerator": -1, "denominator": 2}}):
        with pytest.raises(ValueError, match="figures"):
            portal().scorecard(figures)
