"""Notices of changes that the server had lost, and that came back."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.carrying import BroughtBack
from optiverse_collab.core.client.past_effects import WentBack
from tests.helpers.windows import desks


def test_changes_that_the_server_had_lost_are_a_notice(qtbot: QtBot) -> None:
    """BACK-10, BACK-11"""
    with desks(qtbot, 1) as [me]:
        happened = me.controller.manager.service.happened
        happened.emit(BroughtBack(500, ("Ana",)))
        happened.emit(WentBack("2026-05-03T09:05:30.000Z", 112, 14))
        first, second = (toast.text for toast in me.controller.reports.toasts.shown)
        assert first.startswith("500 changes that the server had lost came back")
        assert second.startswith("The server lacks the last 112 changes")
