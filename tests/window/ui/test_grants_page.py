"""A page of the dialog for owners, alone; `test_access_dialog` tests both."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.grants_page import GrantsPage


def test_page_without_grants_offers_nothing(qtbot: QtBot) -> None:
    page = GrantsPage(["Name"], "Remove", "Let back in", "Why.")
    qtbot.addWidget(page)
    assert page.selected is None
    assert not page.remove.isEnabled()
    assert "Why." in page.remove.toolTip()
