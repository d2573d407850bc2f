"""Device tokens are readable only for their user, and problems with them end no session."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from optiverse_collab.core.client.credentials import Device
from optiverse_collab.core.protocol.address import Address
from optiverse_collab.disk import tokens as tokens_module
from optiverse_collab.disk.tokens import SERVICE, Tokens, server_key
from optiverse_collab.errors import DiskError

LAB = ("wss://host:8765", "lab")
DEVICE = Device("a device token", "of an invite")


class Keyring(KeyringBackend):
    """A keyring in memory that can be locked."""

    priority: float = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.passwords: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if self.passwords.pop((service, username), None) is None:
            raise PasswordDeleteError

    def _check(self) -> None:
        if self.locked:
            raise KeyringLocked


class Unfit(Keyring):
    """A keyring that does not encrypt."""

    priority = 0.5


@pytest.fixture
def system() -> Iterator[Keyring]:
    """Give the system a keyring."""
    yield from using(Keyring())


@pytest.fixture
def unfit() -> Iterator[Keyring]:
    yield from using(Unfit())


def using(backend: Keyring) -> Iterator[Keyring]:
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def written(folder: Path) -> str:
    """All content of a folder, including names."""
    return "".join(f"{file} {file.read_text()}" for file in folder.rglob("*") if file.is_file())


def test_system_keyring_has_it(tmp_path: Path, system: Keyring) -> None:
    Tokens(tmp_path).keep(*LAB, DEVICE)
    assert [*system.passwords.items()] == [((SERVICE, "lab @ wss://host:8765"), DEVICE.token)]
    assert DEVICE.token not in written(tmp_path)
    assert Tokens(tmp_path).find(*LAB) == DEVICE


def test_without_a_keyring_a_private_file_has_it(tmp_path: Path) -> None:
    folder = tmp_path / "kept" / "tokens"
    Tokens(folder).keep(*LAB, DEVICE)
    assert Tokens(folder).find(*LAB) == DEVICE
    [file] = folder.iterdir()
    assert "lab" not in file.name
    if os.name == "posix":
        assert (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)


def test_keyring_that_is_not_fit_for_secrets(tmp_path: Path, unfit: Keyring) -> None:
    Tokens(tmp_path).keep(*LAB, DEVICE)
    assert unfit.passwords == {}
    assert Tokens(tmp_path).find(*LAB) == DEVICE


def test_places_have_tokens_of_their_own(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    assert tokens.find(*LAB) is None
    tokens.keep(*LAB, DEVICE)
    tokens.keep("wss://host:8765", "../lab", Device("another"))
    tokens.keep(*LAB, Device("a newer one"))
    assert tokens.find("wss://elsewhere:8765", "lab") is None
    assert tokens.find("wss://host:8765", "../lab") == Device("another")
    assert tokens.find(*LAB) == Device("a newer one")


def test_place_without_a_token_asks_no_keyring(tmp_path: Path, system: Keyring) -> None:
    """So no dialog opens for a server that requires no token."""
    system.locked = True
    assert Tokens(tmp_path).find(*LAB) is None


def test_keyring_that_is_locked_while_writing(tmp_path: Path, system: Keyring) -> None:
    system.locked = True
    Tokens(tmp_path).keep(*LAB, DEVICE)
    assert Tokens(tmp_path).find(*LAB) == DEVICE


def test_keyring_that_is_locked_while_reading(tmp_path: Path, system: Keyring) -> None:
    Tokens(tmp_path).keep(*LAB, DEVICE)
    system.locked = True
    with pytest.raises(DiskError, match=r"^The keyring .* can't be opened; unlock it and connect again"):
        Tokens(tmp_path).find(*LAB)


@pytest.mark.parametrize("acts", ["find", "keep"])
def test_keyring_that_does_not_answer(
    tmp_path: Path, system: Keyring, monkeypatch: pytest.MonkeyPatch, acts: str
) -> None:
    """Its dialog may wait for a user who is not there."""
    Tokens(tmp_path).keep(*LAB, DEVICE)
    monkeypatch.setattr(tokens_module, "KEYRING_S", 0.01)
    over = threading.Event()
    monkeypatch.setattr(system, "_check", over.wait)
    if acts == "find":
        with pytest.raises(DiskError, match="can't be opened"):
            Tokens(tmp_path).find(*LAB)
    else:
        Tokens(tmp_path).keep(*LAB, Device("another"))
        assert Tokens(tmp_path).find(*LAB) == Device("another")
    over.set()


def test_server_is_known_by_its_key() -> None:
    """Even if its address changes; without a known key, the address counts."""
    pin = "p" * 43
    assert server_key(Address("wss://one:8765", "lab", "token", pin)) == pin
    assert server_key(Address("wss://one:8765", "lab", "token")) == "wss://one:8765"


def test_keyring_that_is_gone(tmp_path: Path) -> None:
    for backend in using(Keyring()):
        Tokens(tmp_path).keep(*LAB, DEVICE)
        assert backend.passwords
    with pytest.raises(DiskError, match="can't be opened"):
        Tokens(tmp_path).find(*LAB)


def test_token_that_was_deleted_in_the_keyring(tmp_path: Path, system: Keyring) -> None:
    Tokens(tmp_path).keep(*LAB, DEVICE)
    system.passwords.clear()
    assert Tokens(tmp_path).find(*LAB) is None


@pytest.mark.parametrize("damaged", [b"", b"{", b"\xff\xfe", b'{"token": 7}', b"[]"])
def test_damaged_file_is_one_sentence_and_can_be_replaced(tmp_path: Path, damaged: bytes) -> None:
    tokens = Tokens(tmp_path)
    tokens.keep(*LAB, DEVICE)
    [file] = tmp_path.iterdir()
    file.write_bytes(damaged)
    with pytest.raises(DiskError, match=r"^The token for session 'lab' is damaged on disk; paste"):
        tokens.find(*LAB)
    tokens.keep(*LAB, DEVICE)
    assert tokens.find(*LAB) == DEVICE


def test_folder_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("a file")
    with pytest.raises(DiskError):
        Tokens(tmp_path / "tokens").keep(*LAB, DEVICE)
    with pytest.raises(DiskError):
        Tokens(tmp_path / "tokens").find(*LAB)


def test_write_that_was_cut_off_leaves_the_former_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = Tokens(tmp_path)
    tokens.keep(*LAB, DEVICE)

    def fail(descriptor: int) -> None:
        raise OSError("out of order")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(DiskError):
        tokens.keep(*LAB, Device("lost"))
    monkeypatch.undo()
    assert tokens.find(*LAB) == DEVICE
    tokens.keep(*LAB, Device("next"))
    assert tokens.find(*LAB) == Device("next")


@pytest.mark.parametrize("in_keyring", [True, False])
def test_what_is_forgotten_is_nowhere(tmp_path: Path, system: Keyring, in_keyring: bool) -> None:
    system.locked = not in_keyring
    tokens = Tokens(tmp_path)
    tokens.keep(*LAB, DEVICE)
    tokens.forget(*LAB)
    assert (tokens.find(*LAB), system.passwords, written(tmp_path)) == (None, {}, "")
    tokens.forget(*LAB)


def test_sentences_do_not_tell_the_token(tmp_path: Path, system: Keyring) -> None:
    Tokens(tmp_path).keep(*LAB, DEVICE)
    system.locked = True
    with pytest.raises(DiskError) as told:
        Tokens(tmp_path).find(*LAB)
    assert DEVICE.token not in str(told.value)
    assert DEVICE.token not in repr(told.value.__cause__)
