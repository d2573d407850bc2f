"""Two windows: each one's edits appear in the other's log, in words."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from optiverse_collab.core.records import Record
from optiverse_collab.wording.edits import title
from optiverse_collab_demo.templates import TEMPLATES
from tests.helpers.server_process import ServerProcess
from tests.helpers.windows import SOON, Desk


def told(desk: Desk) -> list[str]:
    """What the log says about others' edits."""
    return [text for text in desk.log("INFO") if text.startswith("← ")]


def test_what_one_does_is_one_line_in_the_others_log(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, bob = pair
    ann.join(server.url, session_id, "Ann")
    ann.window.insert(TEMPLATES[0])
    [(id, item)] = ann.window.bench.items.items()
    qtbot.waitUntil(lambda: bool(ann.session_records()), timeout=SOON)
    bob.join(server.url, session_id, "Bob")
    name = title(id, Record(id, item.kind, item.props))
    for step in range(5):
        ann.window.bench.change({id: {"pos": [10.0 * step, 0.0]}})
    ann.until_same(bob)
    qtbot.waitUntil(lambda: bool(told(bob)), timeout=SOON)
    [line] = told(bob)
    assert line.startswith(f"← Ann moved {name} by ")
    assert told(ann) == []
    ann.window.editor.remove([id])
    ann.until_same(bob)
    bob.manager.leave()  # pending entries are written before the window closes
    qtbot.waitUntil(lambda: not bob.manager.status.in_session, timeout=SOON)
    assert told(bob)[1:] == [f"← Ann removed {name}."]
