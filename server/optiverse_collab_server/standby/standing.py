"""Which server of a pair serves: a small file in the data folder (CLK-6, STAND-4)."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path

import msgspec

from optiverse_collab.core.protocol.address import Address, parse_address
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.server.standby_news import StandbyNews
from optiverse_collab.disk.durable import write_private
from optiverse_collab.errors import AddressError, StorageError
from optiverse_collab_server.signing import keep_key
from optiverse_collab_server.storage.failures import explained

FILE_NAME = "standing.json"

FOLLOW_IT = "make a link there with invite --all --role follower, and start this server with --follow LINK"

log = logging.getLogger("optiverse_collab_server")

GAP = 2**24
"""A promoted server's term is higher by 1 to this much."""

PEERS = 8
"""The addresses of the last other standbys are remembered, this many."""

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
        peers: where its other standbys are (STAND-13): of a standby, their addresses; of a server that has
            taken over, the links of those that it has not told yet.
        heard: the term of one of them that has taken over instead of this one; 0 if none has.
        winner: where participants find that one; empty if it hasn't said.
        followed: the link of the server that this one has taken over from.
    """

    state: State = State.PRIMARY
    term: int = 1
    other: str = ""
    peers: tuple[str, ...] = ()
    heard: int = 0
    winner: str = ""
    followed: str = ""

    @property
    def untold(self) -> list[str]:
        """The links of the servers that don't know yet that this one has taken over."""
        return [*([self.other] if self.other else []), *self.peers] if self.state is State.PRIMARY else []

    def told(self, link: str) -> Standing:
        """The standing after one of them knows."""
        peers = tuple(peer for peer in self.peers if peer != link)
        return msgspec.structs.replace(self, other="" if link == self.other else self.other, peers=peers)

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


def promoted(before: Standing, chance: Callable[[int], int] = secrets.randbelow) -> Standing:
    """The standing of a server that serves from now on, in a higher term than it has ever heard of.

    How much higher is random: so two standbys that were both promoted don't have the same one (STAND-13).

    Args:
        before: its standing.
        chance: draws a number below another one.
    """
    term = max(before.term, before.heard) + 1 + chance(GAP)
    if before.state is not State.STANDBY:
        term += GAP  # a standby may have been promoted, and be gone before it could say so
        other = "" if before.state is State.DEPOSED else before.other  # there is no token to tell that one
        return Standing(State.PRIMARY, term, other, before.peers, followed=before.followed)
    token = parse_address(before.other).token if before.other else None
    peers = tuple(parse_address(address)._replace(token=token).link for address in before.peers)
    return Standing(State.PRIMARY, term, before.other, peers, followed=before.other)


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
        folder: as given.
        standing: the present one.
        key: as given, or that of the server that this one follows.
        news: of this server's standby, for participants.
        on_deposed: each is called when another server has taken over.

    Raises:
        StorageError: the file can't be read.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder, self.key, self.news = folder, key, StandbyNews()
        self.standing = read_standing(folder)
        self.on_deposed: list[Callable[[], None]] = []

    def change(self, standing: Standing) -> None:
        """Take up another standing.

        Raises:
            StorageError: it can't be written.
        """
        if standing != self.standing:
            write_standing(self.folder, standing)
            self.standing = standing

    def raise_term(self, term: int) -> None:
        """The server that this one follows has this term, unless a command has promoted this one meanwhile.

        Raises:
            StorageError: the file can't be read or written.
        """
        now = read_standing(self.folder)
        if now.state is State.STANDBY and term > now.term:
            self.change(msgspec.structs.replace(now, term=term))

    def note_peers(self, addresses: Iterable[str]) -> None:
        """The server that this one follows has these other standbys (STAND-13).

        Raises:
            StorageError: the file can't be read or written.
        """
        fresh = [address for address in addresses if address not in self.standing.peers]
        if fresh and (now := read_standing(self.folder)).state is State.STANDBY:
            self.change(msgspec.structs.replace(now, peers=(*now.peers, *fresh)[-PEERS:]))

    def note_told(self, link: str) -> None:
        """A server knows that this one has taken over; a command may have promoted this one again meanwhile.

        Raises:
            StorageError: the file can't be read or written.
        """
        self.standing = self.standing.told(link)
        write_standing(self.folder, read_standing(self.folder).told(link))

    def use_key(self, key: bytes) -> None:
        """Sign heads with another server's key, so that signatures stay valid if this one takes over.

        Raises:
            StorageError: it can't be written.
        """
        if key != self.key:
            keep_key(self.folder, key)
            self.key = key

    def look(self) -> bool:
        """Take up a standing that a command has written; returns whether this server serves now.

        Raises:
            StorageError: the file can't be read.
        """
        self.standing = read_standing(self.folder)
        return self.standing.state is State.PRIMARY

    def meet(self, term: int, address: str = "") -> bool:
        """Hear of a term; returns whether it is higher than this server's own, which then serves no longer.

        Args:
            term: of another server.
            address: where participants find that one; empty if it doesn't say.

        Raises:
            StorageError: the new standing can't be written. The server stops serving anyway.
        """
        if self.standing.state is State.STANDBY:
            self._note_winner(term, address)
            return False
        if term <= self.standing.term:
            return False
        was_serving = self.standing.state is State.PRIMARY
        after = Standing(State.DEPOSED, term, address, followed=self.standing.followed)
        try:
            write_standing(self.folder, after)
        finally:
            self.standing = after
            for report in self.on_deposed if was_serving else ():
                report()
        return True

    def _note_winner(self, term: int, address: str) -> None:
        """Another standby may have taken over, so that this one must not (STAND-13).

        Raises:
            StorageError: the file can't be read or written.
        """
        now = read_standing(self.folder)
        if now.state is State.STANDBY and term > max(now.term, now.heard):
            self.change(msgspec.structs.replace(now, heard=term, winner=address))
            log.warning("Another standby%s has taken over: %s", at(address), FOLLOW_IT)


def place_of(address: str) -> str:
    """Where participants find a server, if that is an address and nothing else; otherwise nothing."""
    try:
        there = parse_address(address) if address else None
    except AddressError:
        return ""
    plain = None if there is None else Address(there.server, None, pin=there.pin)
    return address if plain is not None and there == plain and plain.remembered == address else ""


def at(address: str) -> str:
    """The words for where a server is, if that is known."""
    return f" at {address}" if address else ""
