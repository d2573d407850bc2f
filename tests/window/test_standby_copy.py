"""Three windows: one hosts, one keeps a standby copy and hosts later, one follows. STAND-10, STAND-9."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client import line
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.window import folders, standby_copy, standing
from optiverse_collab.window.ui.toasts import Toast
from optiverse_collab.wording import host_now as host_texts
from optiverse_collab.wording import standby_copy as texts
from optiverse_collab_demo.templates import TEMPLATES
from tests.helpers.user_input import click
from tests.helpers.windows import SOON, Desk, hosted_desks, kill_server

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

KEEP = "Keep a standby copy on this computer"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Outages show at once, and pings come often."""
    monkeypatch.setattr(standing, "LASTS_S", 0.0)
    monkeypatch.setattr(line, "HEARTBEAT_MS", 200)
    monkeypatch.setattr(standby_copy, "is_here", lambda server: False)  # suggest it
    monkeypatch.setattr(folders, "data_folder", lambda: tmp_path / "data")


@pytest.fixture
def three(qtbot: QtBot, hosting: Hosted) -> Iterator[list[Desk]]:
    """Ana hosts; Ben and Carl are her guests."""
    with hosted_desks(qtbot, hosting.port) as people:
        qtbot.waitUntil(lambda: all(KEEP in desk.enabled for desk in people[1:]), timeout=SOON)
        yield people


def notice(desk: Desk, part: str) -> Toast | None:
    """The notice with a text."""
    return next((toast for toast in desk.controller.reports.toasts.shown if part in toast.text), None)


def press(qtbot: QtBot, desk: Desk, part: str, button: int) -> None:
    """Answer a notice."""
    qtbot.waitUntil(lambda: notice(desk, part) is not None, timeout=SOON)
    toast = notice(desk, part)
    assert toast is not None
    click(toast.buttons[button])


def keep_copy(qtbot: QtBot, ana: Desk, ben: Desk) -> None:
    """Ben offers, Ana agrees, and the copy is made."""
    ben.menu[KEEP].trigger()
    press(qtbot, ana, "Ben offers to keep a standby copy", 0)
    qtbot.waitUntil(lambda: ben.controller.copy.server.has_everything, timeout=2 * SOON)


def test_the_guests_work_on_when_the_host_is_gone(qtbot: QtBot, three: list[Desk]) -> None:
    """STAND-10, STAND-9, STAND-4: the same history, nothing twice, and nobody types an address."""
    ana, ben, carl = three
    assert notice(carl, "This computer can keep a standby copy") is not None
    keep_copy(qtbot, ana, ben)
    qtbot.waitUntil(lambda: KEEP not in carl.enabled, timeout=SOON)
    assert notice(carl, "This computer can keep a standby copy") is None
    assert "Host now" not in ben.enabled
    before = ana.content()
    session = ben.manager.service.session
    assert session is not None
    epoch = session.replica.epoch
    hosts = ana.manager.service.session
    assert hosts is not None
    qtbot.waitUntil(lambda: hosts.safekeeping.has_standby, timeout=SOON)
    kill_server(ana)
    bar = ben.controller.standing.bar
    qtbot.waitUntil(lambda: bar.button.text() == texts.HOST_NOW, timeout=SOON)
    assert "Host now" in ben.enabled
    assert "Host now" not in carl.enabled
    others = carl.controller.standing.bar
    qtbot.waitUntil(lambda: texts.ELSEWHERE in others._label.toolTip(), timeout=SOON)
    carl.window.insert(TEMPLATES[1])
    click(bar.button)
    for desk in three:
        qtbot.waitUntil(lambda d=desk: d.manager.status is ConnectionState.CONNECTED, timeout=3 * SOON)  # type: ignore[misc]
    for desk in (ana, ben):
        desk.until_same(carl)
    assert set(before) < set(ben.content())
    assert len(ben.content()) == len(before) + 1
    assert session.replica.epoch == epoch
    qtbot.waitUntil(lambda: set(ben.manager.hosting.guests) == {"Ana", "Carl"}, timeout=SOON)
    qtbot.waitUntil(lambda: notice(ben, texts.HOSTING) is not None, timeout=SOON)
    qtbot.waitUntil(lambda: KEEP in carl.enabled, timeout=SOON)
    assert bar.text == ""


def test_nobody_suggests_a_copy_of_a_server_that_is_gone(qtbot: QtBot, three: list[Desk]) -> None:
    """STAND-10"""
    ana, ben, _ = three
    qtbot.waitUntil(lambda: notice(ben, "This computer can keep a standby copy") is not None, timeout=SOON)
    kill_server(ana)
    qtbot.waitUntil(lambda: notice(ben, "This computer can keep a standby copy") is None, timeout=SOON)


def test_the_copy_is_deleted_when_its_keeper_leaves(qtbot: QtBot, three: list[Desk]) -> None:
    """STAND-10, STAND-14: and another computer can keep one then. Until then, its errors are shown."""
    ana, ben, carl = three
    keep_copy(qtbot, ana, ben)
    standby = ben.controller.copy.server._server
    assert standby is not None
    for _ in range(2):
        standby.erred.emit("The disk is nearly full.")
    assert [one.text for one in ben.controller.reports.toasts.shown].count(
        texts.troubled("The disk is nearly full.")
    ) == 1
    [copy] = (folders.standby_folder()).iterdir()
    ben.manager.leave()
    qtbot.waitUntil(lambda: not copy.exists(), timeout=2 * SOON)
    qtbot.waitUntil(lambda: KEEP in carl.enabled, timeout=2 * SOON)
    assert texts.ENDED in ben.log("INFO")
    carl.menu[KEEP].trigger()
    press(qtbot, ana, "Carl offers to keep a standby copy", 1)
    qtbot.waitUntil(lambda: notice(carl, "Ana does not want a standby copy") is not None, timeout=SOON)
    assert KEEP in carl.enabled
    assert not carl.controller.copy.server.runs


def test_offers_of_those_who_may_not_are_not_shown(qtbot: QtBot, three: list[Desk]) -> None:
    """STAND-10: those of somebody who was declined before; a notice that is dismissed is an answer."""
    ana, ben, carl = three
    ben.menu[KEEP].trigger()
    press(qtbot, ana, "Ben offers to keep a standby copy", 1)
    qtbot.waitUntil(lambda: KEEP in ben.enabled, timeout=SOON)
    carl.menu[KEEP].trigger()
    qtbot.waitUntil(lambda: notice(ana, "Carl offers to keep") is not None, timeout=SOON)
    ben.menu[KEEP].trigger()
    asked = notice(ana, "Carl offers to keep")
    assert asked is not None
    click(asked.dismiss)
    qtbot.waitUntil(lambda: notice(carl, "Ana does not want a standby copy") is not None, timeout=SOON)
    carl.manager.leave()
    qtbot.waitUntil(lambda: notice(ana, "Carl offers to keep") is None, timeout=SOON)
    assert notice(ana, "Ben offers to keep") is None
    kill_server(ana)
    bar = ben.controller.standing.bar
    qtbot.waitUntil(lambda: host_texts.WITHOUT in bar._label.toolTip(), timeout=SOON)
    assert bar.button.text() == "&Retry now"
    assert "Host now" not in ben.enabled
