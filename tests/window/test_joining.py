"""Two benches meet: joining destroys nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.errors import BenchFileError
from optiverse_collab.window.ui.choice_dialog import JoiningChoice, ReplacementChoice
from optiverse_collab.wording import dialogs
from optiverse_collab.wording.benches import Differences
from tests.window.joining_lab import GROUP, LENS, MIRROR, Lab, copies, fill


def test_an_empty_bench_joins_without_a_question(lab: Lab) -> None:
    fill(lab, LENS)
    second = lab.join(GROUP)  # a group without items is no work
    assert second.host.bench == {"lens": LENS}
    assert not second.questions


def test_the_same_bench_joins_without_a_question(lab: Lab) -> None:
    """A user leaves, and comes back."""
    fill(lab, LENS, MIRROR)
    second = lab.join(LENS)
    assert second.host.bench == {"lens": LENS, "mirror": MIRROR}
    assert (second.questions, copies(lab)) == ([], [])


def test_an_empty_session_gets_the_bench_and_the_log_says_so(lab: Lab) -> None:
    first = fill(lab, LENS, GROUP)
    assert first.view == {"lens": LENS, "group": GROUP}
    assert ("INFO", "✓ The session was empty, so your bench was shared: 1 item.") in first.host.lines


def test_an_empty_bench_says_nothing_of_an_empty_session(lab: Lab) -> None:
    assert fill(lab).host.lines == []


def test_what_is_only_written_otherwise_is_no_question(lab: Lab) -> None:
    """docs/bench-format.md, "When two records are the same"."""
    first = fill(lab, Record("lens", "component", {"n": 1, "order": 0.0, "color": "#DC143C"}))
    second = lab.join(
        Record("lens", "component", {"n": 1.0, "order": 3.0, "locked": False, "color": "#dc143c"})
    )
    assert (second.questions, copies(lab)) == ([], [])
    lab.until(lambda: second.host.bench == first.host.bench)
    assert first.host.bench["lens"].props == {"n": 1, "order": 0.0, "color": "#DC143C"}


def test_a_session_with_empty_groups_alone_is_empty(lab: Lab) -> None:
    """docs/bench-format.md, "Groups without members"."""
    first = fill(lab, MIRROR, GROUP)
    first.host.user_does(Remove("mirror"))
    lab.until(lambda: list(first.view) == ["group"] and not first.pending)
    second = lab.join(LENS)
    assert not second.questions
    lab.until(lambda: first.view == second.host.bench == {"lens": LENS, "group": GROUP})


def test_the_question_counts_truly(lab: Lab) -> None:
    fill(lab, LENS, MIRROR, Record("note", "text", {"text": "Align me"}))
    mine = [
        Record("lens", "component", {"n": 7}),
        MIRROR,
        Record("new", "component", {"name": "Lens 2"}),
        GROUP,
    ]
    [(found, _)] = lab.join(*mine).questions
    assert found == Differences(['"Lens 2"'], ["component lens"], ['text "Align me"'], 1)


def test_nothing_is_changed_before_the_answer(lab: Lab) -> None:
    first = fill(lab, LENS)
    second = lab.join(MIRROR, GROUP)
    assert (second.questions[0][0].mine, second.questions[0][0].theirs) == (1, 1)
    first.host.user_does(Set("lens", {"n": 7}))
    second.host.user_does(Set("mirror", {"n": 8}))
    lab.until(lambda: second.view["lens"].props == {"n": 7})
    assert set(second.host.bench) == {"mirror", "group"}
    assert set(first.host.bench) == {"lens"}
    second.participation.choose(JoiningChoice.BRING)
    lab.until(lambda: first.host.bench == second.host.bench)
    assert first.host.bench["mirror"].props == {"n": 8}
    assert set(first.host.bench) == {"lens", "mirror", "group"}


def test_bring_leaves_the_session_alone_and_saves_differences(lab: Lab) -> None:
    """An old copy of the session's bench must not revert what others did since."""
    first = fill(lab, LENS)
    second = lab.join(Record("lens", "component", {"n": "mine"}), MIRROR)
    second.participation.choose(JoiningChoice.BRING)
    lab.until(lambda: first.host.bench == second.host.bench)
    assert first.host.bench == {"lens": LENS, "mirror": MIRROR}
    [copy] = copies(lab)
    assert json.loads(copy.read_text("utf-8")) == ["lens", "mirror"]
    assert ("INFO", f"✓ A copy of your bench was saved: {copy}") in second.host.lines


def test_bring_of_what_is_all_new_saves_no_copy(lab: Lab) -> None:
    fill(lab, LENS)
    second = lab.join(MIRROR)
    second.participation.choose(JoiningChoice.BRING)
    lab.until(lambda: second.participation.loaded)
    assert copies(lab) == []


def test_replace_saves_a_copy_first(lab: Lab) -> None:
    first = fill(lab, LENS)
    second = lab.join(MIRROR, GROUP)
    second.participation.choose(JoiningChoice.REPLACE)
    lab.until(lambda: second.host.bench == first.host.bench == {"lens": LENS})
    [copy] = copies(lab)
    assert copy == second.questions[0][1]


@pytest.mark.parametrize("choice", [JoiningChoice.BRING, JoiningChoice.REPLACE])
def test_a_copy_that_cannot_be_saved_stops_it(
    lab: Lab, choice: JoiningChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(lab, LENS)
    mine = Record("lens", "component", {"n": "mine"})
    second = lab.join(mine)

    def full(path: Path) -> None:
        raise BenchFileError("The disk is full; make room.")

    monkeypatch.setattr(second.host, "save_copy", full)
    second.participation.choose(choice)
    lab.until(lambda: bool(second.declined))
    assert second.declined == [f"The disk is full; make room. {dialogs.NOT_JOINED}"]
    assert second.host.bench == {"lens": mine}
    assert not second.participation.loaded


def test_cancel_changes_nothing(lab: Lab) -> None:
    first = fill(lab, LENS)
    second = lab.join(MIRROR)
    second.participation.choose(JoiningChoice.CANCEL)
    second.participation.choose(JoiningChoice.REPLACE)  # an answer counts once
    assert second.declined == [dialogs.NOT_JOINED]
    assert (first.host.bench, second.host.bench) == ({"lens": LENS}, {"mirror": MIRROR})


@pytest.mark.parametrize("answer", [ReplacementChoice.EVERYBODY, "replace", "nonsense"])
def test_answer_to_no_open_question_is_ignored(lab: Lab, answer: Any) -> None:
    """Only a `JoiningChoice` answers the question: nothing else may replace the user's bench."""
    first = fill(lab, LENS)
    second = lab.join(MIRROR)
    second.participation.choose(answer)
    assert (first.host.bench, second.host.bench) == ({"lens": LENS}, {"mirror": MIRROR})
    assert (second.declined, second.participation.loaded) == ([], False)
    second.participation.choose(JoiningChoice.BRING)
    lab.until(lambda: first.host.bench == second.host.bench == {"lens": LENS, "mirror": MIRROR})
    second.host.user_opens(MIRROR)
    second.participation.choose(JoiningChoice.REPLACE)
    assert second.host.bench == {"mirror": MIRROR}
    second.participation.choose(ReplacementChoice.BACK)
    lab.until(lambda: second.host.bench == first.host.bench)


def test_the_answer_may_come_while_the_connection_is_lost(lab: Lab) -> None:
    first = fill(lab, LENS)
    second = lab.join(MIRROR)
    driver = second.service._driver
    assert driver is not None
    driver._on_over(Failure(FailureKind.CLOSED, 1006))
    assert second.service.state is ConnectionState.RECONNECTING
    second.participation.choose(JoiningChoice.BRING)
    lab.until(lambda: first.host.bench == second.host.bench == {"lens": LENS, "mirror": MIRROR})


def test_closed_it_leaves_the_window_alone(lab: Lab) -> None:
    first, second = fill(lab, LENS), lab.join()
    second.participation.close()
    first.host.user_does(Put("new", "component", {}))
    lab.until(lambda: "new" in second.view)
    assert second.host.bench == {"lens": LENS}
