"""Device tokens, which let this computer's user into sessions that require one.

They are in the system's keyring, if there is a safe one, or else in files that only their user can read (mode
0600). Each place, a session of a server, has its own file, which says where its token is: so the keyring is
only asked for existing tokens, and opens no dialog for servers that need none.

    >>> tokens = Tokens(data_folder() / "tokens")
    >>> server = server_key(parse_address("wss://host:8765"))
    >>> tokens.keep(server, "lab", Device("Yf3…", digest("pR9…")))
    >>> tokens.find(server, "lab").token
    'Yf3…'
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

import msgspec

from optiverse_collab.core.client.credentials import Device
from optiverse_collab.core.protocol.address import Address
from optiverse_collab.disk.durable import write_private
from optiverse_collab.disk.failures import explained
from optiverse_collab.errors import DiskError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

KEYRING_S = 60.0
"""How long to wait for a keyring, which may ask its user for a password, or not answer at all."""

SERVICE = "optiverse-collab"
"""The name of our tokens in a keyring, as its user sees it."""

FIT_FOR_SECRETS = 1
"""Keyrings with a lower priority don't encrypt, or store nothing (`keyring.core.recommended`)."""


def server_key(address: Address) -> str:
    """The key for the tokens of a server: the pin of its key, or else its address."""
    return address.pin or address.server


class _Note(msgspec.Struct, frozen=True, omit_defaults=True):
    """The content of a place's file.

    Attributes:
        invite: see `Device`.
        token: the device token; None if the keyring has it.
    """

    invite: str = ""
    token: str | None = None


class Tokens:
    """The device tokens of this computer's user. All methods wait for the disk, and perhaps for the keyring.

    Args:
        folder: the files'; it is created when needed, and should not roam between computers.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, server: str, session: str) -> Device | None:
        """The token for a place; None if there is none.

        Args:
            server: its `server_key`.
            session: the session's name.

        Raises:
            DiskError: there is one, but it can't be read.
        """
        with explained(self._folder):
            try:
                note = msgspec.json.decode(self._file(server, session).read_bytes(), type=_Note)
            except FileNotFoundError:
                return None
            except msgspec.MsgspecError as error:
                raise DiskError(
                    f"The token for session {session!r} is damaged on disk; paste the invite link again, or "
                    "ask for another one."
                ) from error
        token = note.token
        if token is None:
            token = _ask_keyring(_name(server, session))
        return None if token is None else Device(token, note.invite)

    def keep(self, server: str, session: str, device: Device) -> None:
        """Store the token for a place, replacing the previous one.

        Raises:
            DiskError: it can't be written.
        """
        in_keyring = _give_keyring(_name(server, session), device.token)
        note = _Note(device.invite, None if in_keyring else device.token)
        with explained(self._folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self._file(server, session), msgspec.json.encode(note))

    def forget(self, server: str, session: str) -> None:
        """Delete the token for a place.

        Raises:
            DiskError: its file can't be deleted.
        """
        with explained(self._folder):
            self._file(server, session).unlink(missing_ok=True)
        _clear_keyring(_name(server, session))

    def _file(self, server: str, session: str) -> Path:
        """The file of a place; its name never contains others' names as a path."""
        name = hashlib.blake2b(_name(server, session).encode(), digest_size=16).hexdigest()
        return self._folder / f"{name}.token"


def _name(server: str, session: str) -> str:
    """The name of a place's token in a keyring."""
    return f"{session} @ {server}"


# The keyring may be locked, its user may refuse, and it raises errors of any kind.


def _keyring() -> KeyringBackend | None:
    """The system's keyring; None if there is no safe one."""
    with contextlib.suppress(Exception):
        import keyring  # here, since it takes a while and most sessions need no token

        found = keyring.get_keyring()
        return found if found.priority >= FIT_FOR_SECRETS else None
    return None


def _ask_keyring(name: str) -> str | None:
    """Raises `DiskError` if the keyring does not answer."""
    found = _keyring()
    try:
        if found is None:
            raise DiskError("there is none")
        return _in_time(lambda: found.get_password(SERVICE, name))
    except Exception as error:
        raise DiskError(
            "The keyring of this computer, which has your token for the session, can't be opened; unlock it "
            "and connect again, or paste the invite link again."
        ) from error


def _give_keyring(name: str, token: str) -> bool:
    """Returns whether the keyring has stored it."""
    found = _keyring()
    if found is not None:
        with contextlib.suppress(Exception):
            _in_time(lambda: found.set_password(SERVICE, name, token))
            return True
    return False


def _clear_keyring(name: str) -> None:
    found = _keyring()
    if found is not None:
        with contextlib.suppress(Exception):
            _in_time(lambda: found.delete_password(SERVICE, name))


def _in_time(work: Callable[[], T]) -> T:
    """The result of `work`; raises TimeoutError if that takes too long, and ignores it from then on."""
    answer = Future[T]()

    def job() -> None:
        try:
            answer.set_result(work())
        except Exception as error:  # noqa: BLE001, whoever waits gets it
            answer.set_exception(error)

    Thread(target=job, name="keyring", daemon=True).start()
    return answer.result(KEYRING_S)
