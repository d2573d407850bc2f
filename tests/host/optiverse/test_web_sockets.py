"""Optiverse can be imported where PyQt6 has no WebSockets; other modules don't get the replacement."""

from __future__ import annotations

import sys

import pytest

from optiverse_collab.host.optiverse.web_sockets import MODULE, web_sockets_to_import


def test_what_is_there_is_left_alone() -> None:
    with web_sockets_to_import():
        there = sys.modules[MODULE]
    assert sys.modules[MODULE] is there
    assert there.QWebSocketProtocol


def test_what_is_missing_is_there_for_the_import_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, MODULE, None)  # importing it raises an ImportError
    with web_sockets_to_import():
        from PyQt6.QtWebSockets import QWebSocket

        socket = QWebSocket()
        heard: list[str] = []
        socket.textMessageReceived.connect(heard.append)
    assert MODULE not in sys.modules
    assert heard == []
