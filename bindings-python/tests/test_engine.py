import threading
from datetime import date, datetime
from pathlib import Path

import pytest

import motcua

ORGANISATION = (Path(__file__).parents[2] / "tests/data/organisation.toml").read_text("utf-8")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.sqlite"


def send(engine, actor, minute, command, dossier="H41-1"):
    return engine.command(
        {
            "dossier": dossier,
            "actor": actor,
            "at": datetime(2023, 6, 1, 8, minute),
            "key": f"{minute}",
            "command": command,
        }
    )


def receive(engine, dossier="H41-1"):
    what = {"receive": {"procedure": "2.000815", "unit": "hoa-thanh", "channel": "online"}}
    return send(engine, "applicant", 0, what, dossier)


def test_a_dossier_from_reception_to_the_report(path):
    engine = motcua.Engine(path, ORGANISATION)
    assert receive(engine)["status"] == "submitted"
    answer = send(engine, "reception", 10, {"accept": {"digitised": True}})
    assert answer == {
        "dossier": "H41-1",
        "version": 2,
        "status": "received",
        "due": "2023-06-01T17:00:00+07:00",
        "repeated": False,
    }
    assert [item["step"] for item in engine.work_list(unit="hoa-thanh", role="judicial_officer")] == ["check"]
    assert engine.work_list(due_before=datetime(2023, 6, 1, 17, 0)) == []
    send(engine, "justice", 20, {"complete": {"step": "check", "outcome": "complete"}})
    assert engine.dossier("H41-1")["status"] == "in_progress" and engine.dossier("H41-9") is None
    assert [event["version"] for event in engine.events("H41-1")] == [1, 2, 3]
    report = engine.report(date(2023, 1, 1), date(2023, 12, 31))
    assert report["form06"]["total"]["received_online"] == 1
    assert report["ratios"]["digitised"] == {"numerator": 1, "denominator": 1}
    assert report["scorecard"]["max"] == 100 and report["scorecard"]["class"] is None
    assert engine.explain_due("H41-1").due == datetime(2023, 6, 1, 17, 0)
    assert engine.explain_due("H41-9") is None
    # Another engine on the same file goes on.
    again = motcua.Engine(path, ORGANISATION)
    assert again.events("H41-1") == engine.events("H41-1")
    assert repr(again) == f'<Engine on "{path}">'


def test_refusals_change_nothing(path):
    engine = motcua.Engine(path, ORGANISATION)
    receive(engine)
    with pytest.raises(motcua.RefusedError) as caught:
        send(engine, "justice", 5, {"accept": {}})
    assert caught.value.code == "dossier.not_allowed"
    with pytest.raises(motcua.RefusedError) as caught:
        engine.command({"dossier": "H41-1"})
    assert caught.value.code == "engine.command_unreadable"
    with pytest.raises(TypeError):
        engine.command({"dossier": object()})
    with pytest.raises(ValueError, match="lies before") as caught:
        engine.report(date(2023, 12, 31), date(2023, 1, 1))
    assert caught.value.code == "measure.period_order"
    assert len(engine.events("H41-1")) == 1


def test_wrong_definitions_tell_all_their_problems(path):
    with pytest.raises(motcua.DefinitionError) as caught:
        motcua.Engine(path, "[[unit]]\nid = 1\n[[officer]]\nbogus = 2\n")
    assert caught.value.code == "file.form" and len(caught.value.message.splitlines()) >= 3
    with pytest.raises(motcua.DefinitionError, match="procedures:2"):
        motcua.Engine(path, ORGANISATION, '[[procedure]]\ncode = 7\n')
    with pytest.raises(motcua.JournalError) as caught:
        motcua.Engine("/no/such/folder/x.sqlite", ORGANISATION)
    assert caught.value.code == "journal.storage"


def test_several_threads_share_one_engine(path):
    engine = motcua.Engine(path, ORGANISATION)
    threads = [threading.Thread(target=receive, args=(engine, f"H41-{n}")) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(len(engine.events(f"H41-{n}")) == 1 for n in range(20))
