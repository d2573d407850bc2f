"""A user opens another bench during a session: others see it only if the user says so."""

from __future__ import annotations

from pathlib import Path

from optiverse_collab.core.records import Set
from optiverse_collab.window.ui.choice_dialog import ReplacementChoice
from optiverse_collab.wording.benches import Differences
from tests.window.joining_lab import GROUP, LENS, MIRROR, Lab, fill


def test_opened_bench_is_shared_only_when_its_user_says_so(lab: Lab) -> None:
    first, second = fill(lab, LENS), lab.join()
    asked: list[tuple[Differences, Path]] = []
    second.participation.replacement_needed.connect(lambda *question: asked.append(question))
    second.host.user_opens(MIRROR, GROUP)
    second.participation.tick()
    first.host.user_does(Set("lens", {"n": 7}))
    lab.until(lambda: second.view["lens"].props == {"n": 7})
    assert asked[0][0] == Differences(["component mirror"], [], ["component lens"], 0)
    assert set(first.host.bench) == {"lens"}
    assert second.host.bench == {"mirror": MIRROR, "group": GROUP}
    assert second.host.file == "opened.json"
    second.host.user_opens(GROUP)  # while the question is open
    second.participation.choose(ReplacementChoice.BACK)
    lab.until(lambda: second.host.bench == first.host.bench)
    assert second.host.file == "ours.json"
    assert first.host.bench["lens"].props == {"n": 7}


def test_a_session_whose_copy_cannot_be_saved_is_not_replaced(lab: Lab) -> None:
    first, second = fill(lab, LENS), lab.join()
    (lab.folder / "Optiverse copies").write_text("a file is in the way", "utf-8")
    second.host.user_opens(MIRROR)
    second.participation.choose(ReplacementChoice.EVERYBODY)
    lab.until(lambda: second.host.bench == {"lens": LENS})
    assert second.host.file == "ours.json"
    assert first.host.bench == {"lens": LENS}
    [(level, text)] = [line for line in second.host.lines if "copies" in line[1]]
    assert level == "ERROR"
    assert text.endswith("The session's bench was not replaced.")


def test_leaving_with_an_opened_bench_sends_nothing_of_it(lab: Lab) -> None:
    first, second = fill(lab, LENS), lab.join()
    left: list[bool] = []
    second.participation.leaving.connect(lambda: left.append(True))
    second.host.user_opens(MIRROR)
    second.participation.choose(ReplacementChoice.LEAVE)
    second.participation.tick()
    second.service.flush()
    assert left == [True]
    assert second.service.session is not None
    assert not second.service.session.replica.pending
    assert set(first.host.bench) == {"lens"}
