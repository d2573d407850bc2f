"""What a server does about its standing: follow, take over, and tell the one before it (STAND-4)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import AsyncIterator
from functools import partial

from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.drivers.aio.connection import first_of
from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.grants import may_follow
from optiverse_collab_server.quotas import DEFAULTS, MB, Quotas
from optiverse_collab_server.standby.disk_space import DiskSpace
from optiverse_collab_server.standby.follow import Ended, Following, Here, line_to
from optiverse_collab_server.standby.followers import Followers, Mode
from optiverse_collab_server.standby.messages import TurnedAway, Welcome
from optiverse_collab_server.standby.reception import Reception
from optiverse_collab_server.standby.standing import Post, State, at, place_of
from optiverse_collab_server.standby.store import DEPOSED, FollowedStore
from optiverse_collab_server.storage import StandbyStore

LOOK_SECONDS = 0.25
"""How often a standby looks whether it was promoted."""

RETRY_SECONDS = 1.0
"""How soon a standby tries again to reach the server that it follows."""

TELL_SECONDS = 5.0
"""How often a server tries to tell the one that it has replaced."""

CAN_NOT_FOLLOW = "This standby can't follow at the moment: %s"

SHORT = (
    "The disk that holds %s is nearly full, so this standby copies nothing for now. It keeps what it has. "
    "Free some space: it goes on once %d MB are free"
)
TOO_MANY = (
    "This standby has %d sessions, as many as max-sessions allows, so it leaves out the others, such as %s. "
    "Raise that, at least to what the other server has, and start this one again"
)

log = logging.getLogger("optiverse_collab_server")


class StandbyService:
    """One server of a pair, or a server without a standby.

    Args:
        post: its standing.
        store: its storage.
        book: its grants; None if it asks nobody for one.
        mode: what its changes wait for.
        quotas: of this server; they bound what it copies, too.

    Attributes:
        post: the same.
        store: its storage, with all standbys behind it.
        followers: its standbys.
        reception: takes their connections.
        here: where participants find this server, once it listens.
        is_limited: it is a standby, and a limit keeps it from copying everything (STAND-14).
    """

    def __init__(
        self,
        post: Post,
        store: StandbyStore,
        book: GrantBook | None,
        mode: Mode = Mode.OFF,
        quotas: Quotas = DEFAULTS,
    ) -> None:
        self.post, self.followers = post, Followers(mode, post.news)
        self.store = FollowedStore(store, post, self.followers)
        self.reception = Reception(post, store, book, self.followers)
        self._inner, self._book, self._quotas = store, book, quotas
        self._disk = DiskSpace(post.folder)
        self._leaves_out = False
        self._said: dict[str, str] = {}
        self.here: Here | None = None
        post.on_deposed.append(partial(self.followers.refuse, DEPOSED))
        if book is not None:
            book.stored = self.followers.grants_changed

    async def may_follow(self, token: str | None) -> bool:
        """Whether a server with this token may follow this one (STAND-1)."""
        if self._book is None or token is None:
            return False
        with contextlib.suppress(StorageError):
            return may_follow(await self._book.find(token), self._book.clock())
        return False

    @property
    def is_limited(self) -> bool:
        """See above."""
        is_standby = self.post.standing.state is State.STANDBY
        return is_standby and (self._disk.is_short or self._leaves_out)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Does what the standing asks for, inside the block."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        if self.post.standing.state is State.STANDBY:
            following = asyncio.create_task(self._follow())
            try:
                await self._until_promoted()
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
            log.info("This server serves from now on (term %d)", self.post.standing.term)
        while untold := self.post.standing.untold:
            for link in untold:
                await self._tell(link)
            await asyncio.sleep(TELL_SECONDS)

    async def _until_promoted(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if self.post.look():
                    return
            except StorageError as error:
                self._say(str(error), about="its own standing")

    async def _follow(self) -> None:
        """Follow the other server, over any number of connections."""
        while True:
            try:
                await self._until_disk_has_room()
                await self._follow_once()
            except Ended as ended:
                self._say(CAN_NOT_FOLLOW % ended)
            except StorageError as error:
                self._say(CAN_NOT_FOLLOW % error, level=logging.ERROR)
            except Exception:
                log.exception("Following failed")
            await asyncio.sleep(RETRY_SECONDS)

    async def _follow_once(self) -> None:
        standing = self.post.standing
        async with line_to(standing.other, standing.term, self.here) as line:
            welcome = line.welcome
            if isinstance(welcome, TurnedAway):
                self.post.meet(welcome.term, place_of(welcome.address))
                raise Ended(f"the other server takes no standby, since {welcome.why}")
            self.post.raise_term(welcome.term)
            self.post.use_key(welcome.key)
            log.info("Following the other server (term %d)", welcome.term)
            self._said.clear()
            following = Following(
                line, self._inner, self._book, self.post.note_peers, self._quotas, self._leave_out
            )
            await first_of(following.run(), self._until_disk_is_short())

    async def _until_disk_has_room(self) -> None:
        """Wait while the disk is nearly full.

        Raises:
            StorageError: it can't be read.
        """
        if not await asyncio.to_thread(self._disk.look):
            return
        log.error(SHORT, self.post.folder, math.ceil(self._disk.wanted / MB))
        while self._disk.is_short:
            await asyncio.sleep(RETRY_SECONDS)
            await asyncio.to_thread(self._disk.look)
        log.info("There is room on the disk again, so this standby goes on")

    async def _until_disk_is_short(self) -> None:
        while not await asyncio.to_thread(self._disk.look):  # noqa: ASYNC110 - a disk has no event
            await asyncio.sleep(LOOK_SECONDS)

    def _leave_out(self, session: str) -> None:
        """There is no place for a session; one sentence stands for all."""
        if not self._leaves_out:
            log.error(TOO_MANY, self._quotas.sessions, session)
        self._leaves_out = True

    async def _tell(self, link: str) -> None:
        """Tell a server that this one has taken over, in case it still runs or is back."""
        standing, there = self.post.standing, parse_address(link)
        who, what = f"The standby at {there.server}", "that this server has taken over"
        if link == standing.other:
            who, what = "The former primary", "that it was replaced"
        try:
            async with line_to(link, standing.term, self.here) as line:
                met = line.welcome
            if met.term > standing.term:
                known = there._replace(session=None, token=None).remembered
                self._give_way(met.term, place_of(met.address) if isinstance(met, TurnedAway) else known)
            elif isinstance(met, Welcome):
                raise Ended("it serves in the same term; run promote again on the server that is to go on")
            else:
                log.info("%s knows %s, and serves nobody", who, what)
                self.post.note_told(link)
        except (Ended, StorageError) as error:
            self._say(f"{who} does not know yet {what}: {error}", link)

    def _give_way(self, term: int, address: str) -> None:
        """Another server has a higher term, so it is the one that serves (STAND-13).

        Raises:
            StorageError: that can't be written. This server stops serving anyway.
        """
        if self.post.meet(term, address):
            log.error(
                "Another server%s has taken over, too, in a higher term (%d): this one serves nobody any "
                "more. Windows with changes that only this one has bring them there",
                at(address),
                term,
            )

    def _say(self, sentence: str, about: str = "", level: int = logging.WARNING) -> None:
        """Log a problem, once until something else happens."""
        if sentence != self._said.get(about):
            log.log(level, "%s", sentence)
        self._said[about] = sentence
