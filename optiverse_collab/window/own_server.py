"""Lets users into a server that they started: as its owner, by files that only they can read."""

from __future__ import annotations

import re
from pathlib import Path

from optiverse_collab.core.protocol.address import Address, parse_address
from optiverse_collab.errors import AddressError, DiskError
from optiverse_collab.wording import dialogs

_LINK_NAME = "owner-link"
_FOLDER, _PIN = re.compile(r"\| Sessions are kept in (.+)$", re.M), re.compile(r"#pin=([\w-]{43})$", re.M)
"""The lines about data folder and key in the log of a server."""


def owners_address(log: Path, port: int) -> Address:
    """Where to join as the server's owner. This waits for the disk.

    Without the owner's link, which may be deleted once it is used, the address has no token; the device may
    have one.

    Args:
        log: the log that the server writes, to its last start at least.
        port: where it listens.

    Raises:
        DiskError: the server's data folder is unknown; with a sentence.
    """
    try:
        text = log.read_text("utf-8", "replace")
    except OSError as error:
        raise DiskError(dialogs.STRANGE_SERVER.format(port=port)) from error
    folders, pins = _FOLDER.findall(text), _PIN.findall(text)
    if not folders:
        raise DiskError(dialogs.STRANGE_SERVER.format(port=port))
    try:
        link = parse_address((Path(folders[-1]) / _LINK_NAME).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, AddressError):
        link = Address("", None)
    if not pins:  # an authority signed the certificates name, which the link has
        return link._replace(server=link.server or f"wss://localhost:{port}", session=None)
    return Address(f"wss://127.0.0.1:{port}", None, link.token, pins[-1])
