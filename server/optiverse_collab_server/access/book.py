"""The grants, in memory and on disk: every change of them is one step, durable before it takes effect."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from optiverse_collab.core.access import Role, may_manage
from optiverse_collab.core.protocol.access import AccessInvite, AccessRefusal, AccessSet, GrantKind
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.file import AccessFile
from optiverse_collab_server.access.grants import (
    EVERY_SESSION,
    Grants,
    NotDone,
    StoredGrant,
    asked_for,
    end_ms,
    new_grant,
    refusal,
)
from optiverse_collab_server.access.last_uses import LastUses
from optiverse_collab_server.access.steps import step
from optiverse_collab_server.access.tokens import new_token
from optiverse_collab_server.access.writer import Keeper, Writer

EXCHANGES = 200
"""At most this many guests with invites wait for the disk."""

LOOK_SECONDS = 2.0
"""How long reading the file may take; then the client has to try again."""

CLOSE_SECONDS = 0.5
"""How long a stopping server waits for the disk, each time."""

log = logging.getLogger("optiverse_collab_server")


class GrantBook:
    """The grants of a server.

    Args:
        grants: the stored ones.
        keeper: stores them.

    Attributes:
        grants: the valid ones; change them only through the methods.
        stored: called with the ids of grants that are new, different or gone.
        clock: the time of day, in ms.
        changed: called with a grant whose role or end has changed, before and after.
        turn: held by each step.
    """

    def __init__(self, grants: Grants, keeper: Keeper, clock: Callable[[], int]) -> None:
        self.grants = grants
        self.stored: Callable[[Iterable[str]], None] = lambda ids: None
        self.changed: Callable[[StoredGrant, StoredGrant], None] = lambda before, after: None
        self.clock = clock
        self._keeper = keeper
        self.turn = asyncio.Lock()
        self._exchanging = 0
        self._version = 0  # of the file; the first one differs
        self._uses = LastUses(clock())
        self._uses_writer: asyncio.Task[None] | None = None

    @staticmethod
    def open(folder: Path, clock: Callable[[], int]) -> GrantBook:
        """The grants of a data folder.

        Raises:
            StorageError: the file can't be used.
        """
        file = AccessFile(folder)
        return GrantBook(Grants(file.load()), Writer(file), clock)

    @step
    async def add(self, grants: list[StoredGrant], gone: Iterable[str] = ()) -> None:
        """Add grants that the server itself makes or copies, and drop others.

        Raises:
            StorageError: nothing was changed.
        """
        await self._store(grants, [id for id in gone if self.grants.get(id) is not None])

    async def find(self, token: str) -> StoredGrant | None:
        """The grant of a token. The command ``invite`` may have added it to the file while the server runs.

        Raises:
            StorageError: the file can't be read.
        """
        known = self.grants.of_token(token)
        if known is not None:
            return known
        await self.look_again()
        return self.grants.of_token(token)

    async def look_again(self) -> None:
        """Apply changes that another process has written to the file, and announce them.

        Raises:
            StorageError: the file can't be read.
        """
        try:
            await asyncio.wait_for(self._look_again(), LOOK_SECONDS)
        except asyncio.TimeoutError:
            raise StorageError("The disk does not answer, so no token can be looked up; try again.") from None

    @step
    async def _look_again(self) -> None:
        await self.load_again()

    async def load_again(self) -> None:
        """The same within a step."""
        found = await self._keeper.load_since(self._version)
        if found is None:
            return
        before = self.grants
        self._version, self.grants = found[0], Grants(found[1])
        self.stored({grant.id for grants in (before, self.grants) for grant in grants})
        for old in before:
            new = self.grants.get(old.id) or old._replace(role=Role.NONE)
            if (old.role, old.expires_ms) != (new.role, new.expires_ms):
                self.changed(old, new)

    def with_last_use(self, grant: StoredGrant) -> StoredGrant:
        """A grant with the time of its last use, which may not be stored yet."""
        return self._uses.shown(grant)

    async def exchange(
        self, invite: str, session: str, name: str, by: str | None = None
    ) -> tuple[StoredGrant, str] | CloseReason:
        """Use an invite, named by its id: make a device of it.

        Args:
            name: of the user, as the device's label.
            by: the id of the grant of the owner who agrees; None if nobody has to.

        Returns:
            The device and its token, or why the invite lets nobody in.

        Raises:
            NotDone: the owner has lost that role.
            StorageError: nothing was changed.
        """
        if self._exchanging >= EXCHANGES:
            raise StorageError("Too many guests wait for the disk; try again.")
        self._exchanging += 1
        try:
            return await self._exchange(invite, session, name, by)
        finally:
            self._exchanging -= 1

    @step
    async def _exchange(
        self, id: str, session: str, name: str, by: str | None
    ) -> tuple[StoredGrant, str] | CloseReason:
        if by is not None:
            self._check_owner(session, by)
        now_ms, invite = self.clock(), self.grants.get(id)
        reason = refusal(invite, session, now_ms)
        if invite is None or reason is not None:
            return reason or CloseReason.UNKNOWN_TOKEN
        useless = self.grants.in_the_way(invite.session, now_ms)
        if useless is None:
            return CloseReason.SESSION_FULL
        secret = new_token()
        device = new_grant(GrantKind.DEVICE, secret, invite.session, invite.role, name, now_ms)._replace(
            expires_ms=invite.expires_ms, invite=invite.id, seen_ms=now_ms
        )
        uses = None if invite.uses is None else invite.uses - 1
        await self._store([invite._replace(uses=uses, seen_ms=now_ms), device], useless)
        return device, secret

    @step
    async def invite(self, wanted: AccessInvite, session: str, by: str) -> tuple[StoredGrant, str]:
        """Make an invite, or let a standby follow; returns the grant, and an invite's token.

        Args:
            session: where this was asked.
            by: the id of the asker's grant; empty for those who need none.

        Raises:
            NotDone: the session has too many grants, or the asker may not do that, or no longer.
            StorageError: nothing was changed.
        """
        is_servers, follows = self._is_servers(session, by), wanted.role is Role.FOLLOWER
        has_own_token = bool(wanted.hash)
        is_fit = is_servers and (has_own_token or not by) if follows else not has_own_token
        if not is_fit:
            raise NotDone(AccessRefusal.NOT_ALLOWED)
        session = EVERY_SESSION if follows else session
        useless = self.grants.in_the_way(session, self.clock())
        if useless is None:
            raise NotDone(AccessRefusal.TOO_MANY)
        secret = "" if has_own_token else new_token()
        made = asked_for(wanted, secret, session, self.clock())
        await self._store([made], useless)
        return made, secret

    @step
    async def set(self, wanted: AccessSet, session: str, by: str) -> StoredGrant:
        """Change the role or the end of a grant.

        Args:
            session: where this was asked.
            by: the id of the asker's grant; empty for those who need none.

        Raises:
            NotDone: there is no such grant, it is the last owner's own, or the asker is no longer an owner.
            StorageError: nothing was changed.
        """
        now_ms, grant = self.clock(), self.grants.get(wanted.id)
        if grant not in self.manageable(session, by) or grant is None:
            raise NotDone(AccessRefusal.NO_SUCH_GRANT)
        changed = grant._replace(role=grant.role if wanted.role is None else wanted.role)
        if wanted.expires_s is not None:
            changed = changed._replace(expires_ms=end_ms(now_ms, wanted.expires_s))
        loses = changed.role is not Role.OWNER or (wanted.expires_s or 0) > 0
        if grant.id == by and loses and not self.grants.has_owner(grant.session, now_ms, besides=by):
            raise NotDone(AccessRefusal.LAST_OWNER)
        await self._store([changed])
        self.changed(grant, changed)
        return changed

    def manageable(self, session: str, by: str) -> list[StoredGrant]:
        """The grants that an owner may see and change, oldest first.

        Only the server's owners see those that are valid everywhere.

        Raises:
            NotDone: the asker is no longer an owner.
        """
        return self.grants.of_session(session, also_everywhere=self._is_servers(session, by))

    def is_managed_by(self, by: str, session: str, grant: StoredGrant) -> bool:
        """Whether somebody, who may no longer be an owner, may see and change a grant."""
        try:
            return self._is_servers(session, by) or grant.session == session
        except NotDone:
            return False

    def _is_servers(self, session: str, by: str) -> bool:
        """Whether an owner of a session owns the server.

        Raises:
            NotDone: they are no longer an owner.
        """
        own = self._check_owner(session, by)
        return not by or (own is not None and own.session == EVERY_SESSION)

    def _check_owner(self, session: str, by: str) -> StoredGrant | None:
        """The grant of an owner; it may have been removed while the request waited.

        Raises:
            NotDone: it was.
        """
        own = self.grants.get(by)
        if by and (refusal(own, session, self.clock()) or own is None or not may_manage(own.role)):
            raise NotDone(AccessRefusal.NOT_ALLOWED)
        return own

    def note_seen(self, id: str) -> None:
        """Somebody came in with a grant."""
        self._uses.note(id, self.clock())

    def keep_seen(self) -> None:
        """Start to store the times of use, if that was not done recently."""
        is_idle = self._uses_writer is None or self._uses_writer.done()
        if is_idle and self._uses.are_due(self.clock()):
            self._uses_writer = asyncio.create_task(self._write_seen())

    @step
    async def _write_seen(self) -> None:
        try:
            if used := self._uses.unstored(self.grants):
                await self._store(used)
                self._uses.stored(used)
        except StorageError as error:
            log.warning("The times at which grants were last used are not stored: %s", error)

    async def close(self) -> None:
        """Write waiting changes, and close the file; the wait for the disk is limited (CLOSE-3)."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._write_seen(), CLOSE_SECONDS)
        await self._keeper.close(CLOSE_SECONDS)

    async def _store(self, grants: list[StoredGrant], forgotten: list[str] | None = None) -> None:
        """Make a change durable, and then apply it.

        Raises:
            Outdated: another process changed the grants first; nothing was changed.
            StorageError: nothing was changed.
        """
        await self._keeper.write(grants, forgotten or [])
        for id in forgotten or []:
            self.grants.forget(id)
        for grant in grants:
            self.grants.put(grant)
        self.stored([*(forgotten or []), *(grant.id for grant in grants)])
