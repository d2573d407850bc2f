"""When connections are encrypted, and what the log says about it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from optiverse_collab.errors import SettingsError
from optiverse_collab_server.certificate import new_certificate, new_key
from optiverse_collab_server.cli.identity import identity_for, log_protection, wants_tls
from optiverse_collab_server.config.settings import Settings
from tests.helpers.processes import run_python
from tests.helpers.server_process import ServerProcess
from tests.server.test_certificate import NOW

EVERYWHERE = "0.0.0.0"


@pytest.fixture
def given(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate and its key."""
    key = new_key()
    certificate_file, key_file = tmp_path / "a.pem", tmp_path / "a.key"
    certificate_file.write_bytes(new_certificate(key, [], NOW))
    key_file.write_bytes(key)
    return certificate_file, key_file


@pytest.mark.parametrize(
    ("host", "said", "encrypted"),
    [
        ("127.0.0.1", None, False),
        ("127.0.0.1", True, True),
        (EVERYWHERE, None, True),
        (EVERYWHERE, False, False),
    ],
)
def test_others_connect_over_tls_unless_told_otherwise(host: str, said: bool | None, encrypted: bool) -> None:
    assert wants_tls(Settings(host=host, tls=said)) is encrypted


def test_the_key_is_made_only_where_it_is_needed(tmp_path: Path) -> None:
    assert identity_for(Settings(), tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    identity = identity_for(Settings(host=EVERYWHERE), tmp_path)
    assert identity is not None
    assert [path.name for path in tmp_path.iterdir()] == ["tls"]


def test_a_given_certificate_is_used_and_none_is_made(tmp_path: Path, given: tuple[Path, Path]) -> None:
    certificate, key = given
    assert identity_for(Settings(cert=certificate, key=key), tmp_path / "data") is not None
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("names", "tls", "sentence"),
    [
        (["cert"], None, "--cert and --key go together"),
        (["key"], None, "--cert and --key go together"),
        (["cert", "key"], False, "not used with --no-tls"),
    ],
)
def test_settings_that_contradict_each_other(
    tmp_path: Path, given: tuple[Path, Path], names: list[str], tls: bool | None, sentence: str
) -> None:
    cert, key = (path if name in names else None for name, path in zip(["cert", "key"], given, strict=True))
    settings = Settings(tls=tls, cert=cert, key=key)
    with pytest.raises(SettingsError, match=sentence):
        identity_for(settings, tmp_path)


def test_the_log_says_how_connections_are_protected(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "optiverse_collab_server")
    log_protection(None, Settings())
    assert caplog.messages == []
    log_protection(None, Settings(host=EVERYWHERE, tls=False))
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "NOT encrypted" in caplog.text
    caplog.clear()
    identity = identity_for(Settings(tls=True), tmp_path)
    assert identity is not None
    log_protection(identity, Settings(tls=True))
    assert caplog.messages == [f"Connections are encrypted (wss://); links name its key: #pin={identity.pin}"]
    caplog.clear()
    log_protection(identity._replace(pin=None), Settings(tls=True))
    assert caplog.messages == ["Connections are encrypted (wss://); an authority signed it"]


def test_a_server_keeps_its_pin_over_starts(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, "--host", EVERYWHERE)
    pins = []
    for _ in range(2):
        server.log.clear()
        with server:
            pins.append(server.pin)
    assert pins[0] == pins[1]


def test_a_wrong_certificate_is_one_sentence_of_the_command(tmp_path: Path) -> None:
    options = ["--cert", str(tmp_path / "none.pem"), "--key", str(tmp_path / "none.key")]
    ended = run_python("-m", "optiverse_collab_server", *options, "--data", str(tmp_path), deadline=30)
    assert ended.code == 2
    [line] = ended.errors.splitlines()
    assert "none.pem" in line
