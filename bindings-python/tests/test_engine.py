import threading
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

import motcua

ORGANISATION = (Path(__file__).parents[2] / "tests/data/organisation.toml").read_text("utf-8")
NOW = datetime(2023, 6, 1, 8, 30)


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


def test_duties_and_what_falls_due(path):
    engine = motcua.Engine(path, ORGANISATION)
    assert engine.next_wakeup() is None
    receive(engine)
    send(engine, "reception", 10, {"accept": {}})
    evening = datetime(2023, 6, 1, 17, 0)
    duties = {duty["id"]: duty for duty in engine.duties("H41-1", evening)}
    assert duties["return"]["due"] == "2023-06-06T17:00:00+07:00" and duties["return"]["state"] == "due"
    assert duties["apology"]["whose"] == "agency"
    assert engine.next_wakeup() == evening
    assert [wakeup["what"] for wakeup in engine.wakeups(evening)] == ["due"]
    assert engine.wakeups(datetime(2023, 6, 1, 16, 0)) == []
    by_step = engine.work_list(order="step_due", step_due_before=datetime(2030, 1, 1))
    assert [item["dossier"] for item in by_step] == []
    with pytest.raises(ValueError, match="step_due"):
        engine.work_list(order="colour")


def test_slips_are_printed_and_told(path):
    engine = motcua.Engine(path, ORGANISATION)
    receive(engine)
    person = {"submitter": {"name": "Nguyễn Văn <An>"}}
    with pytest.raises(motcua.RefusedError) as caught:
        engine.slip("H41-1", "receipt", person)
    assert caught.value.code == "slip.not_accepted"
    send(engine, "reception", 10, {"accept": {"digitised": True}})
    text = engine.slip("H41-1", "receipt", person)
    assert "Nguyễn Văn <An>" in text and "08 giờ 10 phút, ngày 01 tháng 06 năm 2023" in text
    html = engine.slip("H41-1", "receipt", person, format="html")
    assert html.startswith("<!DOCTYPE html>") and "Nguyễn Văn &lt;An&gt;" in html
    told = engine.slip("H41-1", "receipt", person, format="json")
    assert told["values"]["due"] == "2023-06-01T17:00:00+07:00" and told["prescribed"]["number"] == "01"
    for wrong in [("letter", person, "text"), ("receipt", person, "pdf"), ("receipt", {"name": "An"}, "text")]:
        form, particulars, format = wrong
        with pytest.raises(ValueError):
            engine.slip("H41-1", form, particulars, format=format)
    book = engine.register([("H41-1", person)], office={"head": "Phạm Thị Dung"}, first=7, format="json")
    assert [row["number"] for row in book["values"]["rows"]] == [7]
    assert "Phạm Thị Dung" in engine.register([("H41-1", person)], office={"head": "Phạm Thị Dung"})
    with pytest.raises(motcua.RefusedError) as caught:
        engine.register([])
    assert caught.value.code == "slip.empty"


def at(actor, moment, key, command, dossier="H41-1"):
    return {"dossier": dossier, "actor": actor, "at": moment, "key": key, "command": command}


def test_each_command_of_a_list_is_answered_for_itself(path):
    engine = motcua.Engine(path, ORGANISATION)
    morning = datetime(2023, 6, 1, 8, 0)
    received = {"receive": {"procedure": "2.000815", "unit": "hoa-thanh", "channel": "online"}}
    results = engine.handle_each(
        [
            at("applicant", morning, "1", received),
            at("nobody", morning, "2", {"accept": {}}),
            {"dossier": "H41-1"},
            at("reception", morning, "3", {"accept": {}}),
            at("applicant", morning, "1", received, "H41-2"),
        ]
    )
    assert [result["version"] for result in results if isinstance(result, dict)] == [1, 2, 1]
    refused = [result for result in results if isinstance(result, motcua.RefusedError)]
    assert [error.code for error in refused] == ["dossier.unknown_actor", "engine.command_unreadable"]
    assert results[1] is refused[0] and "nobody" in refused[0].message and "nobody" in refused[0].message_vi
    assert len(engine.events("H41-1")) == 2 and len(engine.events("H41-2")) == 1
    assert engine.handle_each([]) == []
    with pytest.raises(motcua.RefusedError) as caught:
        engine.handle_each({})
    assert caught.value.code == "engine.command_unreadable"
    with pytest.raises(TypeError):
        engine.handle_each([object()])


def test_a_dry_run_foretells_and_does_nothing(path):
    engine = motcua.Engine(path, ORGANISATION)
    receive(engine)
    accept = at("reception", datetime(2023, 6, 1, 8, 10), "2", {"accept": {}})
    foretold = engine.dry_run(accept)
    assert len(engine.events("H41-1")) == 1
    assert engine.command(accept) == foretold and foretold["status"] == "received"
    with pytest.raises(motcua.RefusedError) as caught:
        engine.dry_run(accept | {"key": "3"})
    assert caught.value.code == "dossier.wrong_state"


def test_an_officer_is_suggested_in_turn_or_by_load(path):
    engine = motcua.Engine(path, ORGANISATION)
    receive(engine)
    send(engine, "reception", 10, {"accept": {}})
    assert engine.suggest("H41-1", "check", NOW) == "both"
    assert engine.suggest("H41-1", "check", NOW, "round_robin", last="both") == "justice"
    assert engine.suggest("H41-1", "check", NOW, "by_hand") is None
    send(engine, "chair", 20, {"assign": {"step": "check", "officer": "both"}})
    assert engine.suggest("H41-1", "check", NOW) == "justice"
    with pytest.raises(ValueError, match="by_hand, round_robin or least_loaded"):
        engine.suggest("H41-1", "check", NOW, "by_lot")
    with pytest.raises(motcua.RefusedError) as caught:
        engine.suggest("H41-1", "sign", NOW)
    assert caught.value.code == "routing.not_running"


def test_a_late_announcement_moves_dossiers(path):
    engine = motcua.Engine(path, ORGANISATION)
    calendar = motcua.Calendar.vietnam()
    before, today = calendar.as_known_on(date(2025, 12, 24)), date(2025, 12, 31)
    received = {"receive": {"procedure": "2.000815", "unit": "hoa-thanh", "channel": "online"}}
    engine.command(at("applicant", datetime(2025, 12, 31, 15, 10), "1", received))
    engine.command(at("reception", datetime(2025, 12, 31, 15, 10), "2", {"accept": {}}))
    assert engine.announce(before, today) == 1
    assert engine.explain_due("H41-1").due == datetime(2026, 1, 2, 17, 0)
    assert engine.work_list(due_before=datetime(2026, 1, 3)) != []
    [moved] = engine.moved(calendar)
    assert moved["dossier"] == "H41-1"
    assert moved["before"] == {"due": datetime(2026, 1, 2, 17, 0), "state": "at"}
    assert moved["after"]["due"] == datetime(2026, 1, 5, 17, 0)
    assert [(was.date, was.is_working, now.is_working) for was, now in moved["because"]] == [
        (date(2026, 1, 2), True, False)
    ]
    assert engine.announce(calendar, today) == 1 and engine.moved(calendar) == []
    assert engine.work_list(due_before=datetime(2026, 1, 3)) == []
    with pytest.raises(TypeError):
        engine.moved("2026")


def test_dossiers_and_procedures_are_drawn(path):
    engine = motcua.Engine(path, ORGANISATION)
    receive(engine)
    send(engine, "reception", 10, {"accept": {}})
    noon, next_day = datetime(2023, 6, 1, 12, 0), datetime(2023, 6, 2, 7, 0)
    assert ElementTree.fromstring(engine.picture("H41-1", noon)).tag.endswith("svg")
    running = engine.picture("H41-1", noon, format="mermaid")
    assert ":::running" in running and ":::late" not in running
    assert ":::late" in engine.picture("H41-1", next_day, format="mermaid")
    assert engine.picture("H41-1", noon, format="dot").startswith("digraph")
    assert ElementTree.fromstring(engine.procedure_picture("2.000815", date(2023, 6, 1))).tag.endswith("svg")
    assert engine.procedure_picture("2.000815", date(2023, 6, 1), format="mermaid").startswith("flowchart")
    with pytest.raises(ValueError, match="svg, mermaid or dot"):
        engine.picture("H41-1", noon, format="png")
    for draw, code in [
        (lambda: engine.picture("H41-9", noon), "dossier.unknown"),
        (lambda: engine.procedure_picture("9.999999", date(2023, 6, 1)), "dossier.unknown_procedure"),
        (lambda: engine.procedure_picture("2.000815", date(2013, 6, 1)), "dossier.not_in_force"),
    ]:
        with pytest.raises(motcua.RefusedError) as caught:
            draw()
        assert caught.value.code == code


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


def test_a_journal_is_verified_copied_and_words_are_erased(path, tmp_path):
    engine = motcua.Engine(path, ORGANISATION)
    receive(engine)
    send(engine, "reception", 10, {"accept": {}})
    head = engine.verify()
    assert head["size"] == 2 and len(head["root"]) == 64
    send(engine, "justice", 20, {"request_supplement": {"reason": "thiếu giấy của ông An"}})
    assert engine.verify(head)["size"] == 3
    with pytest.raises(motcua.JournalError) as caught:
        engine.verify({"size": 3, "root": head["root"]})
    assert caught.value.code == "journal.head_differs"
    with pytest.raises((TypeError, ValueError)):
        engine.verify({"size": "many"})

    assert engine.erase("H41-1") == 1
    assert engine.events("H41-1")[2]["command"] == {"request_supplement": {"reason": ""}}
    assert engine.verify(head)["size"] == 3

    copy = tmp_path / "copy.sqlite"
    engine.backup(copy)
    assert motcua.Engine(copy, ORGANISATION).verify() == engine.verify()
    with pytest.raises(motcua.JournalError):
        engine.backup(copy)
