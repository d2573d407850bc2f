"""The ancestor of a file is incomplete, from another session or unreadable: nothing is lost or guessed."""

from __future__ import annotations

from threading import Event

import pytest
from PyQt6.QtCore import QTimer

from optiverse_collab.core.records import Put, Remove, Set
from optiverse_collab.disk.ancestors import Ancestor, Ancestors
from optiverse_collab.window import coming_back
from tests.window.away import LENS, MIRROR, lines, saved, written
from tests.window.joining_lab import SOON, Lab, fill


def test_another_session_counts_for_content_alone(lab: Lab, session_id: str) -> None:
    """Nothing counts as removed there, and what others changed since is not replaced."""
    _, file = saved(lab)
    other = lab.open(*file, file=[])
    lab.enter(other, f"{session_id[:100]} other")
    other.does(Set("lens", {"pos": [9.0, 0.0]}))
    lab.until(lambda: not other.pending)
    bob = lab.open(*file)
    bob.host.user_does(Set("lens", {"pos": [5.0, 0.0]}), Set("mirror", {"pos": [5.0, 0.0]}), Remove("wall"))
    lab.enter(bob, f"{session_id[:100]} other")
    lab.until(lambda: bob.host.bench == other.host.bench and bool(bob.held))
    assert bob.questions == []
    assert {id: record.props["pos"][0] for id, record in other.host.bench.items()} == {
        "lens": 9.0,
        "mirror": 5.0,
        "wall": 2.0,
    }
    assert set(bob.held) == {"lens"}


def test_new_items_for_another_session_are_a_question(lab: Lab, session_id: str) -> None:
    _, file = saved(lab)
    other = lab.open(LENS)
    lab.enter(other, f"{session_id[:100]} other")
    bob = lab.open(*file)
    lab.enter(bob, f"{session_id[:100]} other")
    [(found, _)] = bob.questions
    assert (found.new, found.differ, found.same) == (['"Mirror"', '"Wall"'], [], 1)


def test_edits_that_never_got_to_the_server_are_edits_still(lab: Lab) -> None:
    """The file was saved offline, and the program ended before it reconnected."""
    ann, bob = fill(lab, LENS, MIRROR), lab.join()
    bob.freeze()
    bob.does(Set("lens", {"pos": [5.0, 0.0]}), Put("mine", "component", {}), Remove("mirror"))
    assert bob.pending
    file = bob.save()
    lab.until(lambda: len(written(lab)) == 1)
    again = lab.open(*file)
    lab.enter(again)
    lab.until(lambda: ann.host.bench == again.host.bench and len(ann.host.bench) == 2)
    assert again.questions == []
    assert ann.host.bench["lens"].props["pos"] == [5.0, 0.0]


def test_a_save_with_edits_under_way_is_complete_later(lab: Lab) -> None:
    """So what others remove later doesn't come back."""
    ann, bob = fill(lab, LENS, MIRROR), lab.join()
    bob.does(Put("mine", "component", {"pos": [5.0, 0.0]}))
    file = bob.save()
    lab.until(lambda: "mine" in ann.host.bench and not bob.pending)
    lab.leave(bob)
    ann.does(Remove("mine"))
    lab.until(lambda: not ann.pending)
    again = lab.open(*file)
    lab.enter(again)
    assert again.questions == []
    assert set(again.host.bench) == {"lens", "mirror"} == set(ann.host.bench)


def test_what_the_window_can_not_show_was_not_removed(lab: Lab) -> None:
    """Its library isn't on this computer; neither the file nor the window loses the item."""
    ann, file = saved(lab)
    bob = lab.open(*(one for one in file if one.id != "wall"), file=file)
    again = bob.save()
    lab.until(lambda: len(written(lab)) == 2)
    lab.enter(bob)
    cem = lab.open(*again)
    lab.enter(cem)
    assert set(bob.host.bench) == set(cem.host.bench) == set(ann.host.bench) == {"lens", "mirror", "wall"}
    assert (bob.questions, cem.questions) == ([], [])


def test_a_damaged_store_is_a_warning_and_a_question(lab: Lab) -> None:
    _, file = saved(lab)
    [path] = written(lab)
    path.write_bytes(path.read_bytes()[:-1])
    bob = lab.open(*file)
    bob.host.user_does(Put("mine", "component", {}))
    lab.enter(bob)
    assert len(bob.questions) == 1
    assert [line for line in lines(bob, "WARNING") if "is not used: it is damaged" in line]


def test_a_store_that_can_not_be_written_is_a_warning(lab: Lab) -> None:
    (lab.folder / "ancestors").write_text("in the way", "utf-8")
    bob = fill(lab, LENS)
    bob.save()
    lab.until(lambda: bool(bob.coming_back._warnings))
    lab.leave(bob)
    [line] = lines(bob, "WARNING")
    assert "ancestors" in line
    lab.enter(bob)
    assert (bob.questions, lines(bob, "WARNING")) == ([], [line])


def test_a_disk_that_does_not_answer_is_not_waited_for(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """By then the user may have edited, so what the window shows can't serve as an ancestor."""
    at_last = Event()

    def late(self: Ancestors, key: str) -> list[Ancestor]:
        at_last.wait(SOON / 1000)
        return [Ancestor([LENS], "lab", "epoch", 1, 0)]

    monkeypatch.setattr(Ancestors, "get", late)
    monkeypatch.setattr(coming_back, "PATIENCE_MS", 50)
    bob = lab.open(LENS)
    at_last.set()
    assert bob.coming_back.disk.wait(SOON / 1000)
    assert not bob.coming_back.ancestors
    lab.enter(bob)
    assert [line for line in lines(bob, "WARNING") if "did not answer in time" in line]


def test_a_window_that_stands_still_is_not_the_disks_fault(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host may be busy for longer than the disk may take to answer."""
    _, file = saved(lab)
    monkeypatch.setattr(coming_back, "PATIENCE_MS", 0)
    bob = lab.open_slowly(*file)
    assert bob.coming_back.disk.wait(SOON / 1000)
    lab.until(lambda: bob.coming_back.is_ready)
    assert len(bob.coming_back.ancestors) == 1


def test_joining_waits_for_the_disk(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    _, file = saved(lab)
    wait = Event()
    get = Ancestors.get

    def slowly(self: Ancestors, key: str) -> list[Ancestor]:
        assert wait.wait(SOON / 1000)
        return get(self, key)

    monkeypatch.setattr(Ancestors, "get", slowly)
    bob = lab.open_slowly(*file)
    bob.host.user_does(Put("mine", "component", {}))
    bob.service.happened.connect(lambda effect: wait.set())
    lab.enter(bob)
    assert bob.questions == []


def test_edits_before_the_disk_answers_are_edits(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even before the disk says which files are known: the window is read as soon as a file is open."""
    ann, file = saved(lab)
    wait, is_read = Event(), Event()
    keys = Ancestors.keys

    def slowly(self: Ancestors) -> set[str]:
        assert wait.wait(SOON / 1000)
        return keys(self)

    monkeypatch.setattr(Ancestors, "keys", slowly)
    bob = lab.open_slowly(*file)
    QTimer.singleShot(0, is_read.set)
    lab.until(is_read.is_set)
    bob.host.user_does(Set("lens", {"pos": [5.0, 0.0]}))
    wait.set()
    lab.enter(bob)
    lab.until(lambda: ann.host.bench == bob.host.bench)
    assert ann.host.bench["lens"].props["pos"] == [5.0, 0.0]


def test_one_file_in_two_sessions(lab: Lab, session_id: str) -> None:
    """Each session knows it."""
    ann, file = saved(lab)
    other = lab.open(*file)
    lab.enter(other, f"{session_id[:100]} other")
    lab.until(lambda: len(written(lab)) == 2)
    for there, name in ((ann, session_id), (other, f"{session_id[:100]} other")):
        bob = lab.open(*file)
        bob.host.user_does(Remove("wall"))
        lab.enter(bob, name)
        lab.until(lambda there=there: set(there.host.bench) == {"lens", "mirror"})  # type: ignore[misc]
