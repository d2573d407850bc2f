"""The standbys that follow this server: how far each is, and what waits for them (STAND-5, STAND-6)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Protocol

from optiverse_collab.core.server.journal import Kept, Parent
from optiverse_collab.core.server.names import Name
from optiverse_collab.core.server.standby_news import StandbyNews
from optiverse_collab.errors import StorageError

PREFER_SECONDS = 10.0
"""How long changes wait for a standby that is only preferred."""

PROMPT_SECONDS = 2.0
"""How soon a standby that comes back must confirm what it lacks before changes wait for it again."""

NO_STANDBY = "No standby answers, so nobody can be sure that the session is saved; start the standby."

log = logging.getLogger("optiverse_collab_server")


class Mode(str, Enum):
    """What a change waits for, besides this server's own disk."""

    OFF = "off"
    """Nothing."""
    PREFER = "prefer"
    """A standby's disk, but no longer than `PREFER_SECONDS`."""
    ALWAYS = "always"
    """A standby's disk."""


class Receiver(Protocol):
    """The connection of a standby.

    Attributes:
        address: where participants will find it; empty if it doesn't say.
    """

    address: str

    def offer(
        self, session: str, entries: Sequence[Kept], names: Sequence[Name], parents: Sequence[Parent]
    ) -> None:
        """There is something new in a session; `entries` are its latest changes."""

    def offer_grants(self, ids: Iterable[str]) -> None:
        """These grants are new, different or gone."""


class Followers:
    """All standbys together.

    Args:
        mode: what a change waits for.
        news: of the standbys, for participants.

    Attributes:
        mode: the same.
    """

    def __init__(self, mode: Mode = Mode.OFF, news: StandbyNews | None = None) -> None:
        self.mode = mode
        self._news = news or StandbyNews()
        self._receivers: set[Receiver] = set()
        self._complete: dict[Receiver, bool] = {}  # have every session; whether participants may turn there
        self._newest: dict[str, int] = {}
        self._confirmed: dict[str, int] = {}
        self._waiting: deque[tuple[str, int, asyncio.Future[None]]] = deque()
        self._behind_since: float | None = None
        self._single: dict[str, int] = {}  # what was let go alone, and no standby has yet
        self._lacking: dict[str, int] = {}  # what no standby had when it was last asked whether it is prompt
        self._asked_at = 0.0
        self._is_prompt = False

    @property
    def count(self) -> int:
        """How many standbys are connected."""
        return len(self._receivers)

    @property
    def is_alone(self) -> bool:
        """Whether it has saved changes that no standby has, since none answered in time (`Mode.PREFER`)."""
        return self._news.is_missed

    @property
    def lag(self) -> int:
        """How many changes no standby has on its disk, as far as is known."""
        return sum(self._lag_of(session) for session in self._newest)

    @property
    def lag_seconds(self) -> float:
        """For how long there have been such changes without a break."""
        return 0.0 if self._behind_since is None else time.monotonic() - self._behind_since

    def others(self, receiver: Receiver) -> list[str]:
        """The addresses of all standbys but one, as far as they say so."""
        return sorted({one.address for one in self._receivers - {receiver} if one.address})

    def join(self, receiver: Receiver) -> None:
        """A standby has connected."""
        self._receivers.add(receiver)

    def leave(self, receiver: Receiver) -> None:
        """A standby is gone."""
        self._receivers.discard(receiver)
        self._complete.pop(receiver, None)
        if self._is_prompt and not self._complete:
            self._go_on_alone()
        if self._news.address == receiver.address:
            self._news.address = ""
            self._name_one()

    def has_every_session(self, receiver: Receiver, is_whole: bool) -> None:
        """A standby has confirmed every session that it can follow, as it was a moment ago.

        Args:
            is_whole: it can follow all, so participants may turn to it (STAND-9).
        """
        if receiver in self._receivers:
            self._complete[receiver] = is_whole
            self._look_who_is_back()
            self._name_one()

    def _name_one(self) -> None:
        """Tell participants of a standby, unless they know one."""
        named = [one.address for one, is_whole in self._complete.items() if is_whole and one.address]
        if named and not self._news.address:
            self._news.address = named[0]
            log.info("A standby has everything; participants learn that it is at %s", named[0])

    def stored(
        self,
        session: str,
        clock: int,
        entries: Sequence[Kept] = (),
        names: Sequence[Name] = (),
        parents: Sequence[Parent] = (),
    ) -> None:
        """This server has a session on its disk up to a clock; `entries` are new."""
        if self._receivers or self._confirmed or self.mode is not Mode.OFF:
            self.note(session, clock)
            for receiver in self._receivers:
                receiver.offer(session, entries, names, parents)

    def note(self, session: str, clock: int) -> None:
        """This server has a session on its disk up to a clock."""
        self._newest[session] = max(clock, self._newest.get(session, 0))
        if self._behind_since is None and self._lag_of(session):
            self._behind_since = time.monotonic()

    def grants_changed(self, ids: Iterable[str]) -> None:
        """Grants are new, different or gone."""
        for receiver in self._receivers:
            receiver.offer_grants(ids)

    def confirm(self, session: str, clock: int) -> None:
        """A standby has a session on its disk up to a clock."""
        self._confirmed[session] = max(clock, self._confirmed.get(session, 0))
        for _ in range(len(self._waiting)):
            waiting = self._waiting.popleft()
            if self._has(waiting[0], waiting[1]):
                _let_go(waiting[2])
            else:
                self._waiting.append(waiting)
        if not self._lag_of(session) and not self.lag:
            self._behind_since = None
        for dues in (self._single, self._lacking):
            if clock >= dues.get(session, clock + 1):
                del dues[session]
        self._look_who_is_back()

    async def until_safe(self, session: str, clock: int, most_s: float | None = None) -> None:
        """Wait as `mode` says until a standby has a session up to a clock.

        Args:
            most_s: how long at most; then a server that only prefers a standby goes on alone.

        Raises:
            StorageError: no standby had it by then; or nothing is saved here any more.
        """
        if self.mode is Mode.OFF or self._has(session, clock):
            return
        if self.is_alone and not self._is_prompt:
            self._let_go_alone(session, clock)
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((session, clock, future))
        is_preferred = self.mode is Mode.PREFER
        patience_s = min(most_s or PREFER_SECONDS, PREFER_SECONDS) if is_preferred else most_s
        try:
            await asyncio.wait_for(future, patience_s)
        except asyncio.TimeoutError:
            if not is_preferred:
                raise StorageError(NO_STANDBY) from None
            if not self.is_alone:
                log.error(
                    "No standby has answered for %d s: changes are saved on this server alone until one is "
                    "back. Look after the standby",
                    patience_s,
                )
            self._let_go_alone(session, clock)
            self._go_on_alone()

    def refuse(self, why: str) -> None:
        """Nothing will be confirmed any more: end all waits.

        Every `until_safe` raises `StorageError`.
        """
        while self._waiting:
            future = self._waiting.popleft()[2]
            if not future.done():
                future.set_exception(StorageError(why))

    def _has(self, session: str, clock: int) -> bool:
        return self._confirmed.get(session, -1) >= clock

    def _lag_of(self, session: str) -> int:
        return max(0, self._newest.get(session, 0) - self._confirmed.get(session, 0))

    def _go_on_alone(self) -> None:
        self._news.is_missed, self._is_prompt = True, False
        self._ask_whether_prompt()
        for session, clock, future in self._waiting:
            self._let_go_alone(session, clock)
            _let_go(future)
        self._waiting.clear()

    def _let_go_alone(self, session: str, clock: int) -> None:
        """A change counts as durable, although no standby has it."""
        self._single[session] = max(clock, self._single.get(session, 0))

    def _ask_whether_prompt(self) -> None:
        self._lacking = {name: clock for name, clock in self._newest.items() if self._lag_of(name)}
        self._asked_at = asyncio.get_running_loop().time()

    def _look_who_is_back(self) -> None:
        """Let changes wait again, for a standby that is prompt; the rest of what was let go follows."""
        if not self.is_alone or not self._complete:
            return
        while not self._is_prompt and not self._lacking:
            self._is_prompt = asyncio.get_running_loop().time() - self._asked_at <= PROMPT_SECONDS
            if not self._is_prompt:
                self._ask_whether_prompt()
        if self._is_prompt and not self._single:
            log.info("A standby has everything again; changes are saved on both servers")
            self._news.is_missed = self._is_prompt = False


def _let_go(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
