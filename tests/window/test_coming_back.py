"""A file that the session knows needs no question: its user's edits and others' edits are merged."""

from __future__ import annotations

from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.window.ui.choice_dialog import JoiningChoice, ReplacementChoice
from tests.window.away import LENS, MIRROR, WALL, lines, saved, written
from tests.window.joining_lab import SOON, Lab, copies, fill


def test_both_sides_stand_and_nobody_is_asked(lab: Lab) -> None:
    ann, file = saved(lab)
    ann.does(Set("mirror", {"pos": [7.0, 0.0]}), Put("new", "component", {"pos": [3.0, 0.0]}))
    lab.until(lambda: not ann.pending)
    bob = lab.open(*file)
    bob.host.user_does(Set("lens", {"pos": [5.0, 0.0]}), Remove("wall"), Put("mine", "component", {}))
    lab.enter(bob)
    lab.until(lambda: ann.host.bench == bob.host.bench)
    assert (bob.questions, copies(lab)) == ([], [])
    assert set(ann.host.bench) == {"lens", "mirror", "new", "mine"}
    assert ann.host.bench["lens"].props["pos"] == [5.0, 0.0]
    assert ann.host.bench["mirror"].props["pos"] == [7.0, 0.0]
    [line] = [line for line in lines(bob, "INFO") if "Merged" in line]
    assert line.startswith("✓ Merged: 3 of your edits since ")
    assert line.endswith(" were sent, 2 changes by others were applied.")


def test_an_unchanged_file_sends_nothing(lab: Lab) -> None:
    ann, file = saved(lab)
    ann.does(Set("mirror", {"pos": [7.0, 0.0]}), Remove("wall"))
    lab.until(lambda: not ann.pending)
    clock = ann.clock
    bob = lab.open(*file)
    lab.enter(bob)
    assert bob.host.bench == ann.host.bench
    assert (bob.questions, bob.clock) == ([], clock)
    assert not bob.held


def test_what_both_changed_is_held_and_listed(lab: Lab) -> None:
    """SEEN-5: others' later edits are never replaced unseen."""
    ann, file = saved(lab)
    ann.does(Set("lens", {"pos": [9.0, 0.0]}), Set("wall", {"pos": [8.0, 0.0]}), Remove("mirror"))
    lab.until(lambda: not ann.pending)
    bob = lab.open(*file)
    bob.host.user_does(Set("lens", {"pos": [5.0, 0.0], "name": "Mine"}), Remove("wall"))
    bob.host.user_does(Set("mirror", {"name": "Mine"}))
    lab.enter(bob)
    lab.until(lambda: ann.host.bench == bob.host.bench and len(bob.held) == 3)
    assert ann.host.bench["lens"].props == {"name": "Mine", "pos": [9.0, 0.0]}
    assert bob.held["lens"].ops == [Set("lens", {"pos": [5.0, 0.0]})]
    assert bob.held["wall"].ops == [Remove("wall")]
    assert bob.held["mirror"].record is not None
    assert bob.held["mirror"].record.props["name"] == "Mine"
    assert "mirror" not in ann.host.bench


def test_a_file_that_was_edited_elsewhere_is_a_question(lab: Lab) -> None:
    """Its content is unknown, so what it lacks does not count as removed."""
    ann, file = saved(lab)
    bob = lab.open(*(record for record in file if record.id != "wall"), Record("hand", "component", {}))
    lab.enter(bob)
    [(found, _)] = bob.questions
    assert (len(found.new), len(found.differ), found.same, len(found.missing)) == (1, 0, 2, 1)
    bob.participation.choose(JoiningChoice.BRING)
    lab.until(lambda: ann.host.bench == bob.host.bench and len(ann.host.bench) == 4)


def test_what_differs_in_an_unknown_file_is_theirs_and_told(lab: Lab) -> None:
    ann = fill(lab, LENS, MIRROR)
    mine = Record("lens", "component", {"name": "Lens", "pos": [6.0, 0.0]})
    bob = lab.open(mine, WALL)
    lab.enter(bob)
    bob.participation.choose(JoiningChoice.BRING)
    lab.until(lambda: ann.host.bench == bob.host.bench and bool(bob.held))
    assert ann.host.bench["lens"] == LENS
    assert bob.held["lens"].ops == [Set("lens", {"pos": [6.0, 0.0]})]
    assert len(copies(lab)) == 1


def test_the_same_file_in_two_windows(lab: Lab) -> None:
    ann, file = saved(lab)
    bob, cem = lab.open(*file), lab.open(*file)
    bob.host.user_does(Set("lens", {"pos": [5.0, 0.0]}), Set("wall", {"name": "Bob's"}))
    cem.host.user_does(Set("lens", {"pos": [6.0, 0.0]}), Set("wall", {"pos": [4.0, 0.0]}))
    for window in (bob, cem):
        lab.enter(window)
    lab.until(lambda: ann.host.bench == bob.host.bench == cem.host.bench and bool(cem.held))
    assert ann.host.bench["lens"].props["pos"] == [5.0, 0.0]
    assert ann.host.bench["wall"].props == {"name": "Bob's", "pos": [4.0, 0.0]}
    assert (set(bob.held), set(cem.held)) == (set(), {"lens"})


def test_after_disconnect_the_view_is_the_ancestor(lab: Lab) -> None:
    """Nothing was saved."""
    ann, bob = fill(lab, LENS, MIRROR, WALL), lab.join()
    bob.does(Set("lens", {"pos": [4.0, 0.0]}))
    lab.until(lambda: ann.host.bench == bob.host.bench)
    lab.leave(bob)
    bob.host.user_does(Set("lens", {"name": "Mine"}), Remove("wall"))
    ann.does(Set("lens", {"pos": [9.0, 0.0]}), Remove("mirror"))
    lab.until(lambda: not ann.pending)
    lab.enter(bob)
    lab.until(lambda: ann.host.bench == bob.host.bench == {"lens": ann.host.bench["lens"]})
    assert ann.host.bench["lens"].props == {"name": "Mine", "pos": [9.0, 0.0]}
    assert (bob.questions, written(lab)) == ([], [])


def test_what_is_saved_without_a_session_keeps_its_ancestor(lab: Lab) -> None:
    """A user takes a file home."""
    ann, file = saved(lab)
    home = lab.open(*file)
    home.host.user_does(Set("lens", {"name": "Mine"}), Remove("wall"))
    taken = home.save()
    assert len(taken) == 2
    lab.until(lambda: len(written(lab)) == 2)
    ann.does(Set("mirror", {"name": "Ann's"}))
    bob = lab.open(*taken)
    bob.host.user_does(Put("mine", "component", {}))
    lab.enter(bob)
    lab.until(lambda: ann.host.bench == bob.host.bench and len(ann.host.bench) == 3)
    assert bob.questions == []
    assert {record.props.get("name") for record in ann.host.bench.values()} == {"Mine", "Ann's", None}


def test_an_autosave_is_known_as_a_file_is(lab: Lab) -> None:
    """The editor crashes; its user recovers the bench, and joins."""
    ann, bob = fill(lab, LENS, MIRROR), lab.join()
    bob.does(Put("mine", "component", {"pos": [1.0, 0.0]}), Set("lens", {"pos": [4.0, 0.0]}))
    lab.until(lambda: not bob.pending)
    recovered = bob.autosave()
    lab.until(lambda: len(written(lab)) == 1)
    ann.does(Set("mirror", {"pos": [7.0, 0.0]}), Remove("mine"), Set("lens", {"name": "Ann's"}))
    lab.until(lambda: not ann.pending)
    again = lab.open(*recovered)
    again.host.user_does(Set("lens", {"pos": [5.0, 0.0]}))
    lab.enter(again)
    lab.until(lambda: ann.host.bench == again.host.bench)
    assert (again.questions, set(ann.host.bench)) == ([], {"lens", "mirror"})
    assert ann.host.bench["lens"].props == {"name": "Ann's", "pos": [5.0, 0.0]}
    assert ann.host.bench["mirror"].props["pos"] == [7.0, 0.0]


def test_an_autosave_away_keeps_the_ancestor(lab: Lab) -> None:
    """And the file keeps its own."""
    ann, file = saved(lab)
    home = lab.open(*file)
    home.host.user_does(Set("lens", {"name": "Mine"}), Remove("wall"))
    home.autosave()
    home.host.user_does(Set("lens", {"pos": [3.0, 0.0]}))
    recovered = home.autosave()
    assert home.coming_back.disk.wait(SOON / 1000)
    assert len(written(lab)) == 2
    bob = lab.open(*recovered)
    lab.enter(bob)
    lab.until(lambda: ann.host.bench == bob.host.bench and len(ann.host.bench) == 2)
    assert bob.questions == []
    assert ann.host.bench["lens"].props == {"name": "Mine", "pos": [3.0, 0.0]}
    cem = lab.open(*file)
    lab.enter(cem)
    assert cem.questions == []


def test_an_empty_window_removes_nothing(lab: Lab) -> None:
    ann, file = saved(lab)
    bob = lab.open(*file)
    bob.host.user_does(*(Remove(record.id) for record in file))
    lab.enter(bob)
    assert bob.host.bench == ann.host.bench
    assert len(bob.host.bench) == 3


def test_a_file_opened_in_a_session_is_known_from_then_on(lab: Lab) -> None:
    """Nobody saved it: the session was empty, and received its content."""
    ann = lab.open(LENS, MIRROR, WALL)
    lab.enter(ann)
    lab.until(lambda: len(written(lab)) == 1)
    ann.does(Set("lens", {"pos": [9.0, 0.0]}), Remove("mirror"))
    lab.until(lambda: not ann.pending)
    bob = lab.open(LENS, MIRROR, WALL)
    bob.host.user_does(Set("wall", {"pos": [5.0, 0.0]}))
    lab.enter(bob)
    lab.until(lambda: ann.host.bench == bob.host.bench)
    assert bob.questions == []
    assert {id: record.props["pos"][0] for id, record in ann.host.bench.items()} == {"lens": 9.0, "wall": 5.0}


def test_a_bench_that_replaced_the_sessions_is_known(lab: Lab) -> None:
    ann, bob = fill(lab, LENS), lab.join()
    bob.host.user_opens(MIRROR, WALL)
    bob.coming_back.note_opened({"mirror": MIRROR, "wall": WALL})
    bob.participation.choose(ReplacementChoice.EVERYBODY)
    lab.until(lambda: ann.host.bench == bob.host.bench and len(written(lab)) == 1)
    ann.does(Remove("wall"))
    lab.until(lambda: not ann.pending)
    again = lab.open(MIRROR, WALL)
    lab.enter(again)
    assert again.questions == []
    assert set(again.host.bench) == {"mirror"}


def test_a_replaced_bench_is_not_taken_for_the_sessions(lab: Lab) -> None:
    """A user who takes the session's bench still has their own bench in the file."""
    fill(lab, LENS)
    bob = lab.open(MIRROR)
    lab.enter(bob)
    bob.participation.choose(JoiningChoice.REPLACE)
    lab.until(lambda: bob.participation.loaded)
    again = lab.open(MIRROR)
    lab.enter(again)
    assert len(again.questions) == 1


def test_an_opened_bench_that_leaves_the_session_is_its_own(lab: Lab) -> None:
    """It is not the session's, though the window was in one a moment ago."""
    ann, bob = fill(lab, LENS), lab.join()
    bob.host.user_opens(MIRROR)
    bob.coming_back.note_opened({"mirror": MIRROR})
    bob.participation.choose(ReplacementChoice.LEAVE)
    lab.leave(bob)
    lab.until(lambda: bob.coming_back.is_ready)
    lab.enter(bob)
    assert len(bob.questions) == 1
    assert set(ann.host.bench) == {"lens"}


def test_a_new_bench_has_no_ancestor(lab: Lab) -> None:
    _, file = saved(lab)
    bob = lab.open(*file)
    assert len(bob.coming_back.ancestors) == 1
    bob.coming_back.note_opened({})
    assert (bob.coming_back.ancestors, bob.coming_back.is_ready) == ([], True)
