"""Tests of every adapter: the items that its user has open."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import QPoint
from PyQt6.QtWidgets import QDialog, QWidget

from optiverse_collab.testing.driver import Driver, until, wait
from optiverse_collab.window.ui.dialog_banner import DialogBanner


def test_an_open_dialog_is_said_with_its_item(driver: Driver) -> None:
    """PRES-13: `changed` is called when it is opened, and when it is closed."""
    id = driver.add()
    seen: list[Mapping[str, QDialog | None]] = []
    unwatch = driver.host.watch_editors(lambda: seen.append(driver.host.editors()))

    def look() -> None:
        until(lambda: bool(seen))
        [(item, dialog)] = seen[-1].items()
        assert item == id
        assert dialog is not None
        assert dialog.isVisible()

    assert driver.host.editors() == {}
    driver.edit(id, 7.0, look)
    until(lambda: seen[-1] == {})
    unwatch()


def test_in_hand_an_item_is_not_open(driver: Driver) -> None:
    """PRES-13"""
    id = driver.add()
    driver.grab(id)
    assert driver.host.editors() == {}
    assert id in driver.host.held()
    driver.let_go()


def test_a_banner_in_a_dialog_moves_nothing(driver: Driver) -> None:
    """PRES-13: and it restores the dialog."""
    id = driver.add()

    def meanwhile() -> None:
        until(lambda: id in driver.host.editors())
        dialog = driver.host.editors()[id]
        assert dialog is not None
        children = dialog.findChildren(QWidget)
        places = {child: (child.mapTo(dialog, QPoint()), child.size()) for child in children}
        size = dialog.size()
        banner = DialogBanner(dialog)
        for said in ("Bob is editing this, too.", ""):
            if said:
                banner.show_text(said, [("Ask", lambda: None)])
            else:
                banner.leave()
            wait(10)
            assert {child: (child.mapTo(dialog, QPoint()), child.size()) for child in children} == places
        assert dialog.size() == size

    driver.edit(id, 7.0, meanwhile)
