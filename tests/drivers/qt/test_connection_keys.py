"""LINK-3: a window talks only to the key that its link names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject
from PyQt6.QtNetwork import QSslCertificate, QSslConfiguration
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.failures import Failure, FailureKind
from tests.drivers.keys import AUTHORITY, CASES, TOKEN, Case
from tests.helpers.attempt import Attempt
from tests.helpers.qt_participant import SOON, Make
from tests.helpers.scripted_server import scripted_server
from tests.helpers.server_acts import welcome
from tests.helpers.server_process import ServerProcess


@pytest.fixture(autouse=True)
def trusted_authority(qapp: object) -> Iterator[None]:
    """Trust the authority of the table."""
    before = QSslConfiguration.defaultConfiguration()
    trusting = QSslConfiguration.defaultConfiguration()
    trusting.addCaCertificate(QSslCertificate(AUTHORITY.certificate))
    QSslConfiguration.setDefaultConfiguration(trusting)
    yield
    QSslConfiguration.setDefaultConfiguration(before)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_key_is_the_one_that_the_link_names(
    qtbot: QtBot, owner: QObject, tmp_path: Path, case: Case
) -> None:
    shown = case.make(tmp_path)
    with scripted_server(welcome(), tls=shown.context) as server:
        attempt = Attempt(qtbot, f"wss://{server.place}/ws/default/ann", owner, TOKEN, shown.pin)
        if case.is_right:
            assert "connection:ack" in attempt.hears(1)[0]
            attempt.connection.drop()
        else:
            assert attempt.end() == Failure(FailureKind.WRONG_KEY)
            assert server.accepted == 0  # the server received neither the token nor anything else


def test_without_a_pin_the_authorities_decide(qtbot: QtBot, owner: QObject, tmp_path: Path) -> None:
    """This makes the table meaningful: without a pin, the refused servers would be accepted."""
    [signed] = [case for case in CASES if case.name == "the key, signed by an authority"]
    with scripted_server(welcome(), tls=signed.make(tmp_path).context) as server:
        attempt = Attempt(qtbot, f"wss://{server.place}/ws/default/ann", owner)
        assert "connection:ack" in attempt.hears(1)[0]
        attempt.connection.drop()


def test_a_server_without_tls_hears_no_token(qtbot: QtBot, owner: QObject) -> None:
    with scripted_server(welcome()) as server:
        attempt = Attempt(qtbot, f"wss://{server.place}/ws/default/ann", owner, TOKEN, "x" * 43)
        assert attempt.end().kind in (FailureKind.NO_TLS, FailureKind.BROKEN_OFF)


def test_a_window_joins_by_the_address_with_a_pin(qtbot: QtBot, make: Make, tmp_path: Path) -> None:
    ann = make("ann")
    with ServerProcess(tmp_path, "--tls") as server:
        ann.join(qtbot, server.address, "lab")
        ann.disconnect_from_session()


def test_another_key_ends_the_first_attempt(qtbot: QtBot, make: Make, tmp_path: Path) -> None:
    """CONN-4: another attempt would not help."""
    ann = make("ann")
    with ServerProcess(tmp_path, "--tls") as server:
        with qtbot.waitSignal(ann.error_occurred, timeout=SOON) as told:
            ann.connect_to_session(f"{server.url}#pin={'x' * 43}", "lab", "ann")
        assert told.args == [
            f"The server at 127.0.0.1:{server.port} has a different key from the one in your link, so "
            "nothing was sent to it; ask whoever runs it for a new link."
        ]
        assert ann.state is ConnectionState.FAILED


def test_another_key_while_away_goes_again(qtbot: QtBot, make: Make, tmp_path: Path) -> None:
    """CONN-4: a login page answers in the server's place for a while, and receives nothing."""
    ann, name = make("ann"), "another key, signed by a trusted authority"
    [forged] = [case for case in CASES if case.name == name]
    server = ServerProcess(tmp_path / "data", "--tls")
    with server:
        ann.join(qtbot, server.address, "lab")
        server.kill()
        with scripted_server(welcome(), tls=forged.make(tmp_path).context, port=server.port) as other:
            ann.retry_now()
            qtbot.waitUntil(lambda: bool(ann.said("has a different key")), timeout=SOON)
            assert other.accepted == 0
        server.start()
        ann.retry_now()
        qtbot.waitUntil(lambda: ann.shows(ConnectionState.CONNECTED), timeout=SOON)


def test_a_server_of_ours_that_encrypts_says_so(qtbot: QtBot, make: Make, tmp_path: Path) -> None:
    """CONN-5: it silently drops connections without TLS."""
    ann = make("ann")
    with ServerProcess(tmp_path, "--tls") as server:
        with qtbot.waitSignal(ann.error_occurred, timeout=SOON) as told:
            ann.connect_to_session(f"ws://127.0.0.1:{server.port}", "lab", "ann")
        assert told.args == [
            f"127.0.0.1:{server.port} requires an encrypted connection; write wss:// instead of ws://."
        ]


def test_without_a_pin_its_own_certificate_is_not_enough(qtbot: QtBot, make: Make, tmp_path: Path) -> None:
    ann = make("ann")
    with ServerProcess(tmp_path, "--tls") as server:
        with qtbot.waitSignal(ann.error_occurred, timeout=SOON) as told:
            ann.connect_to_session(server.url, "lab", "ann")
        assert told.args[0].endswith("; ask whoever runs it for a link with its key.")
