"""A script's tokens for a session: of an invite, and then of this device."""

from __future__ import annotations

import asyncio
import logging
import os

from optiverse_collab.core.client.credentials import Credentials, Device
from optiverse_collab.core.protocol.address import Address
from optiverse_collab.disk import places
from optiverse_collab.disk.tokens import Tokens, server_key
from optiverse_collab.errors import DiskError

TOKEN_VARIABLE = "OPTIVERSE_COLLAB_TOKEN"
"""Environment variable with the token of an invite: unlike a link, it is in no list of processes."""

log = logging.getLogger("optiverse_collab")


class Keys:
    """Tokens for one session, read and kept in threads: the disk, or a keyring, may take long.

    Args:
        address: of the server, or an invite link.
        session: the session's name.
    """

    def __init__(self, address: Address, session: str) -> None:
        self._invite = address.token or os.environ.get(TOKEN_VARIABLE, "").strip()
        self._server = server_key(address)
        self._session = session
        self._tokens = Tokens(places.data_folder() / "tokens")
        self._keeping: set[asyncio.Task[None]] = set()

    async def credentials(self) -> Credentials:
        """The token; the server may not require one, so an unreadable one is only a warning."""
        device = None
        try:
            device = await asyncio.to_thread(self._tokens.find, self._server, self._session)
        except DiskError as error:
            log.warning("✗ %s", error)
        return Credentials(device, self._invite)

    def keep(self, device: Device) -> None:
        """The server has made a token for this device; the next run needs no invite."""
        task = asyncio.create_task(self._keep(device))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)

    async def kept(self) -> None:
        """Wait until the token is stored."""
        if self._keeping:
            await asyncio.wait(self._keeping)

    async def _keep(self, device: Device) -> None:
        try:
            await asyncio.to_thread(self._tokens.keep, self._server, self._session, device)
        except DiskError as error:
            log.warning("✗ %s The next run needs an invite again.", error)
