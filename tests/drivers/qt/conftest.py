"""The owner of a test's endpoints, and the window's surroundings during the test."""

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
    """The parent of the test's objects; they all end with the test."""
    parent = QObject()
    yield parent
    sip.delete(parent)


@pytest.fixture
def trusted(qapp: object) -> Iterator[None]:
    """Trust the certificate of tests/data, like an institute's own certificate that is installed."""
    before = QSslConfiguration.defaultConfiguration()
    trusting = QSslConfiguration.defaultConfiguration()
    trusting.addCaCertificate(certificate())
    QSslConfiguration.setDefaultConfiguration(trusting)
    yield
    QSslConfiguration.setDefaultConfiguration(before)


@pytest.fixture
def proxy(owner: QObject) -> Iterator[TcpServer]:
    """A proxy for the window's process; Qt bypasses it automatically for the loopback."""
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
    """Give a peer a tenth of a second to answer a close."""
    monkeypatch.setattr(connection_module, "GOODBYE_S", 0.1)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server as users run it; each test has its own session."""
    with ServerProcess(tmp_path_factory.mktemp("real")) as server:
        yield server


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Make]:
    """Make participants, who leave at the end."""
    parent = QObject()
    made: list[Participant] = []

    def make(name: str) -> Participant:
        made.append(Participant(name, parent))
        return made[-1]

    yield make
    for one in made:
        one.disconnect_from_session()
