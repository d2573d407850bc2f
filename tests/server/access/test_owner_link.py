"""The link of the server's owner is made once, and found again."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import AccessSet
from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.grants import EVERY_SESSION
from optiverse_collab_server.access.owner_link import FILE_NAME, announce
from optiverse_collab_server.wall_clock import now_ms
from tests.helpers.aio import run


def start(folder: Path) -> GrantBook:
    """Start a server, and end it."""

    async def main() -> GrantBook:
        book = GrantBook.open(folder, now_ms)
        try:
            await announce(book, folder, "link with {}".format)
        finally:
            await book.close()
        return book

    return run(main())


def test_the_link_is_logged_once_and_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """ACC-11: later starts say where the link is, but do not show it."""
    with caplog.at_level(logging.INFO):
        book = start(tmp_path)
        link = (tmp_path / FILE_NAME).read_text().strip()
        assert f"Owner's link: {link}" in caplog.messages
        invite = book.grants.of_token(link.rpartition(" ")[2])
        assert invite is not None
        assert (invite.session, invite.role) == (EVERY_SESSION, Role.OWNER)
        caplog.clear()
        start(tmp_path)
    assert str(tmp_path / FILE_NAME) in caplog.text
    assert link not in caplog.text
    if os.name != "nt":
        assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_a_link_that_was_deleted_stays_away(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    start(tmp_path)
    (tmp_path / FILE_NAME).unlink()
    with caplog.at_level(logging.INFO):
        caplog.clear()
        start(tmp_path)
    assert caplog.text == ""


def test_a_server_without_an_owner_gets_another_link(tmp_path: Path) -> None:
    """For example, after the last one was revoked."""
    book = start(tmp_path)
    first = (tmp_path / FILE_NAME).read_text()

    async def revoke() -> None:
        again = GrantBook.open(tmp_path, now_ms)
        [invite] = book.grants.of_session(EVERY_SESSION)
        await again.set(AccessSet(1, invite.id, Role.NONE), EVERY_SESSION, "")
        await again.close()

    run(revoke())
    start(tmp_path)
    assert (tmp_path / FILE_NAME).read_text() != first


def test_no_link_counts_that_nobody_can_read(tmp_path: Path) -> None:
    """Otherwise the token would be lost."""
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(StorageError):
        start(tmp_path)
    (tmp_path / FILE_NAME).rmdir()
    start(tmp_path)
    assert (tmp_path / FILE_NAME).read_text().startswith("link with ")
