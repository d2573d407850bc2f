"""What the endpoints of a test belong to, and what the window's surroundings are for its time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QObject
from PyQt6.QtNetwork import QNetworkProxy, QSslConfiguration
from pytestqt.qtbot import QtBot

from optiverse_collab.drivers.qt import connection as connection_module
from tests.helpers.attempt import Attempt, Open
from tests.helpers.qt_participant import Make, Participant
from tests.helpers.qt_servers import TcpServer, certificate
from tests.helpers.server_process import ServerProcess


@pytest.fixture
def owner(qapp: object) -> Iterator[QObject]:
    """The parent of what a test makes; all of it ends with the test."""
    parent = QObject()
    yield parent
    sip.delete(parent)


@pytest.fixture
def trusted(qapp: object) -> Iterator[None]:
    """The certificate of tests/data is trusted, as an institute's own is where it was installed."""
    before = QSslConfiguration.defaultConfiguration()
    trusting = QSslConfiguration.defaultConfiguration()
    trusting.addCaCertificate(certificate())
    QSslConfiguration.setDefaultConfiguration(trusting)
    yield
    QSslConfiguration.setDefaultConfiguration(before)


@pytest.fixture
def proxy(owner: QObject) -> Iterator[TcpServer]:
    """Through this, the window's program goes to the world; Qt bypasses it for the loopback on its own."""
    server = TcpServer(owner)
    host, port = server.place.split(":")
    before = QNetworkProxy.applicationProxy()
    QNetworkProxy.setApplicationProxy(QNetworkProxy(QNetworkProxy.ProxyType.HttpProxy, host, int(port)))
    yield server
    QNetworkProxy.setApplicationProxy(before)


@pytest.fixture
def opens(qtbot: QtBot, owner: QObject) -> Open:
    """Open a connection."""
    return lambda url: Attempt(qtbot, url, owner)


@pytest.fixture
def short_goodbye(monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer has a tenth of a second to answer a close."""
    monkeypatch.setattr(connection_module, "GOODBYE_S", 0.1)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """The server as users run it; each test has a session of its own."""
    with ServerProcess(tmp_path_factory.mktemp("real")) as server:
        yield server


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Make]:
    """Make participants, who leave in the end."""
    parent = QObject()
    made: list[Participant] = []

    def make(name: str) -> Participant:
        made.append(Participant(name, parent))
        return made[-1]

    yield make
    for one in made:
        one.disconnect_from_session()
