"""The certificate that a server presents, on disk and over sockets."""

from __future__ import annotations

import os
import ssl
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from optiverse_collab.errors import SettingsError, StorageError
from optiverse_collab_server.certificate import new_certificate, new_key, pin_of_key
from optiverse_collab_server.tls import (
    CERTIFICATE_NAME,
    FOLDER,
    KEY_NAME,
    given_identity,
    machine_names,
    own_identity,
)
from tests.helpers.tls import Authority

NOW = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
NAMES = ["lab-pc", "192.0.2.7"]


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no POSIX modes")
def test_only_the_servers_user_reads_the_key(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        own_identity(tmp_path / "data", NAMES, NOW)
    finally:
        os.umask(before)
    folder = tmp_path / "data" / FOLDER
    assert mode(folder) == 0o700
    assert mode(folder / KEY_NAME) == mode(folder / CERTIFICATE_NAME) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == [CERTIFICATE_NAME, KEY_NAME]


def test_the_key_stays_when_the_certificate_is_renewed(tmp_path: Path) -> None:
    """LINK-1: links keep working."""
    first = own_identity(tmp_path, NAMES, NOW)
    key, certificate = (tmp_path / FOLDER / name for name in (KEY_NAME, CERTIFICATE_NAME))
    before = key.read_bytes(), certificate.read_bytes()
    assert own_identity(tmp_path, NAMES, NOW + timedelta(days=300)).pin == first.pin
    assert (key.read_bytes(), certificate.read_bytes()) == before
    late = NOW + timedelta(days=340)
    assert own_identity(tmp_path, NAMES, late).pin == first.pin == pin_of_key(before[0])
    assert key.read_bytes() == before[0]
    ends = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    assert ends > late + timedelta(days=300)


def test_a_damaged_certificate_is_made_again(tmp_path: Path) -> None:
    pin = own_identity(tmp_path, NAMES, NOW).pin
    (tmp_path / FOLDER / CERTIFICATE_NAME).write_bytes(b"damaged")
    assert own_identity(tmp_path, NAMES, NOW).pin == pin


def test_a_damaged_key_is_left_for_its_operator(tmp_path: Path) -> None:
    """A new key would make every link useless."""
    own_identity(tmp_path, NAMES, NOW)
    key = tmp_path / FOLDER / KEY_NAME
    key.write_bytes(b"damaged")
    with pytest.raises(StorageError, match="Restore it; or delete it, and send everybody new links"):
        own_identity(tmp_path, NAMES, NOW)
    assert key.read_bytes() == b"damaged"


def test_of_two_servers_that_begin_at_once_one_makes_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = []

    def key_while_another_makes_one() -> bytes:
        monkeypatch.undo()
        pins.append(own_identity(tmp_path, NAMES, NOW).pin)
        return new_key()

    monkeypatch.setattr("optiverse_collab_server.tls.new_key", key_while_another_makes_one)
    pins.append(own_identity(tmp_path, NAMES, NOW).pin)
    assert pins[0] == pins[1]


def test_a_disk_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", link)
    pin = own_identity(tmp_path, NAMES, NOW).pin
    assert own_identity(tmp_path, NAMES, NOW).pin == pin


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file", "utf-8")
    with pytest.raises(StorageError, match="is a file"):
        own_identity(tmp_path, NAMES, NOW)


def test_an_operators_certificate_is_used_unchanged(tmp_path: Path) -> None:
    """The link has a pin only if nobody else vouches for the key."""
    key, authority = new_key(), Authority()
    key_file, own, signed = (tmp_path / name for name in ("key.pem", "own.pem", "signed.pem"))
    key_file.write_bytes(key)
    own.write_bytes(new_certificate(key, NAMES, NOW))
    signed.write_bytes(authority.sign(key) + authority.certificate)
    assert given_identity(own, key_file).pin == pin_of_key(key)
    identity = given_identity(signed, key_file)
    assert identity.pin is None
    assert isinstance(identity.context, ssl.SSLContext)


@pytest.mark.parametrize("fault", ["no certificate", "another key", "not PEM", "a password"])
def test_an_operators_mistake_is_one_sentence(tmp_path: Path, fault: str) -> None:
    key = new_key()
    key_file, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    key_file.write_bytes(key)
    certificate.write_bytes(new_certificate(key, NAMES, NOW))
    if fault == "no certificate":
        certificate.unlink()
    elif fault == "another key":
        key_file.write_bytes(new_key())
    elif fault == "not PEM":
        certificate.write_bytes(b"\x00\x01")
    else:
        loaded = serialization.load_pem_private_key(key, None)
        encryption = serialization.BestAvailableEncryption(b"secret")
        pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        key_file.write_bytes(loaded.private_bytes(*pem, encryption))
    with pytest.raises(SettingsError, match="both are PEM files, and the key has no password") as caught:
        given_identity(certificate, key_file)
    assert len(caught.value.problems) == 1


def test_the_names_of_this_machine_are_found_once() -> None:
    names = machine_names("192.0.2.7")
    assert names[0] == "192.0.2.7"
    assert {"localhost", "127.0.0.1"} <= set(names)
    assert len(names) == len(set(names))
    assert "0.0.0.0" not in machine_names("0.0.0.0")
