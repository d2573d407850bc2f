"""Which items the user of the real editor has open; the contract suite tests dialogs in all hosts."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.host.optiverse.adapter import OptiverseHost
from tests.helpers.optiverse_drawing import Drawing
from tests.helpers.optiverse_user import wait_until

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


def test_a_note_is_open_while_it_is_typed_in(window: Any, host: OptiverseHost) -> None:
    """PRES-13"""
    user = Drawing(window)
    note = user.draw("text", (10.0, 20.0))
    signs: list[int] = []
    unwatch = host.watch_editors(lambda: signs.append(len(host.editors())))
    user.begin_writing(note)
    wait_until(lambda: signs[-1:] == [1])
    assert host.editors() == {note.item_uuid: None}
    user.end_writing(note)
    wait_until(lambda: signs[-1:] == [0])
    assert host.editors() == {}
    unwatch()


def test_a_dialog_of_what_others_removed_is_none_of_an_item(window: Any, host: OptiverseHost) -> None:
    """PRES-13: the host keeps the dialog open until its user closes it."""
    user = Drawing(window)
    lens = user.place("lens", 10.0, 20.0)
    id = lens.item_uuid

    def meanwhile() -> None:
        wait_until(lambda: id in host.editors())
        user.window.scene.removeItem(lens)

    user.edit(lens, {}, accept=False, meanwhile=meanwhile)
    wait_until(lambda: host.editors() == {})
