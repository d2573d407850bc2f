"""Which server of a pair serves: a small file in the data folder (CLK-6, STAND-4)."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path

import msgspec

from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.server.standby_news import StandbyNews
from optiverse_collab.disk.durable import write_private
from optiverse_collab.errors import StorageError
from optiverse_collab_server.signing import keep_key
from optiverse_collab_server.storage.failures import explained

FILE_NAME = "standing.json"

CLOSE_REASON_BYTES = 123
"""The longest reason of a close frame (RFC 6455 §5.5)."""


class State(str, Enum):
    """The part of a server in a pair."""

    PRIMARY = "primary"
    """It serves."""
    STANDBY = "standby"
    """It follows another server."""
    DEPOSED = "deposed"
    """It has served; then its standby took over."""


class Standing(msgspec.Struct, frozen=True):
    """The content of the file.

    Attributes:
        state: what the server does.
        term: the highest that it knows; its own if it serves.
        other: the link, with its token, of the server that it follows, or has replaced and not told yet; the
            address of the server that has replaced it.
    """

    state: State = State.PRIMARY
    term: int = 1
    other: str = ""

    @property
    def refusal(self) -> CloseReason | None:
        """Why participants can't come in; None if they can."""
        if self.state is State.PRIMARY:
            return None
        return CloseReason.STANDBY if self.state is State.STANDBY else CloseReason.DEPOSED

    @property
    def closing(self) -> str:
        """The reason for closing a connection, with the address to go to if it is known (STAND-11)."""
        word = "" if self.refusal is None else self.refusal.word
        said = f"{word} {self.other}" if self.state is State.DEPOSED and self.other else word
        return said if len(said.encode()) <= CLOSE_REASON_BYTES else word


def read_standing(folder: Path) -> Standing:
    """The standing of a data folder: a primary in its first term if it has none.

    Raises:
        StorageError: the file can't be read.
    """
    file = folder / FILE_NAME
    with explained(file):
        if not file.exists():
            return Standing()
        data = file.read_bytes()
    try:
        return msgspec.json.decode(data, type=Standing)
    except msgspec.DecodeError as error:
        raise StorageError(
            f"{file} is damaged ({error}). Restore it from a backup; without it, this server can't know "
            "whether it may serve."
        ) from error


def write_standing(folder: Path, standing: Standing) -> None:
    """Replace the standing of a data folder; durable when this returns.

    Raises:
        StorageError: it can't be written.
    """
    with explained(folder / FILE_NAME):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(folder / FILE_NAME, msgspec.json.encode(standing))


class Post:
    """The standing of a running server.

    Args:
        folder: the data folder.
        key: signs heads (BACK-1).

    Attributes:
        standing: the present one.
        key: as given, or that of the server that this one follows.
        news: of this server's standby, for participants.
        on_deposed: each is called when another server has taken over.

    Raises:
        StorageError: the file can't be read.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder, self.key, self.news = folder, key, StandbyNews()
        self.standing = read_standing(folder)
        self.on_deposed: list[Callable[[], None]] = []

    def change(self, standing: Standing) -> None:
        """Take up another standing.

        Raises:
            StorageError: it can't be written.
        """
        if standing != self.standing:
            write_standing(self._folder, standing)
            self.standing = standing

    def raise_term(self, term: int) -> None:
        """The server that this one follows has this term, unless a command has promoted this one meanwhile.

        Raises:
            StorageError: the file can't be read or written.
        """
        now = read_standing(self._folder)
        if now.state is State.STANDBY and term > now.term:
            self.change(msgspec.structs.replace(now, term=term))

    def use_key(self, key: bytes) -> None:
        """Sign heads with another server's key, so that signatures stay valid if this one takes over.

        Raises:
            StorageError: it can't be written.
        """
        if key != self.key:
            keep_key(self._folder, key)
            self.key = key

    def look(self) -> bool:
        """Take up a standing that a command has written; returns whether this server serves now.

        Raises:
            StorageError: the file can't be read.
        """
        self.standing = read_standing(self._folder)
        return self.standing.state is State.PRIMARY

    def meet(self, term: int, address: str = "") -> bool:
        """Hear of a term; returns whether it is higher than this server's own, which then serves no longer.

        Args:
            term: of another server.
            address: where participants find that one; empty if it doesn't say.

        Raises:
            StorageError: the new standing can't be written. The server stops serving anyway.
        """
        if term <= self.standing.term or self.standing.state is State.STANDBY:
            return False
        was_serving = self.standing.state is State.PRIMARY
        after = Standing(State.DEPOSED, term, address)
        try:
            write_standing(self._folder, after)
        finally:
            self.standing = after
            for report in self.on_deposed if was_serving else ():
                report()
        return True
