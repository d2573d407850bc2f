"""The dialog asks what a new link allows; `test_access_dialog` tests the resulting link."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from optiverse_collab.core.access import Role
from optiverse_collab.window.ui.new_link_dialog import NewLinkDialog


def test_every_role_can_be_chosen_and_cancel_wants_nothing(qtbot: QtBot) -> None:
    dialog = NewLinkDialog()
    qtbot.addWidget(dialog)
    assert [dialog.role.itemData(place) for place in range(dialog.role.count())] == [
        *(Role.VIEWER, Role.COMMENTER, Role.EDITOR, Role.OWNER)
    ]
    with qtbot.assertNotEmitted(dialog.wanted):
        dialog.buttons.rejected.emit()
