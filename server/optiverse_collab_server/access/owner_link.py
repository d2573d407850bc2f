"""The link of the server's owner, made if tokens are needed and nobody owns the server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from optiverse_collab.disk.durable import write_private
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.grants import EVERY_SESSION, owner_invite
from optiverse_collab_server.storage.failures import explained

FILE_NAME = "owner-link"

log = logging.getLogger("optiverse_collab_server")


async def announce(book: GrantBook, folder: Path, link_of: Callable[[str], str]) -> None:
    """Make sure that somebody owns the server, and log where the link is; the link itself when it is new.

    Args:
        book: the grants.
        folder: where the link is written.
        link_of: makes the link with a token.

    Raises:
        StorageError: it can't be written.
    """
    file = folder / FILE_NAME
    if not book.grants.has_owner(EVERY_SESSION, book.clock()):
        invite, token = owner_invite(book.clock())
        link = link_of(token)
        await asyncio.to_thread(_write, file, link)  # before it is valid: nobody else has the token
        await book.add([invite])
        log.info("Owner's link: %s", link)
    if await asyncio.to_thread(file.exists):
        log.info("The owner's link is in %s; anyone who has it owns every session", file)


def _write(file: Path, link: str) -> None:
    """Put a link into its file."""
    with explained(file):
        write_private(file, f"{link}\n".encode())
