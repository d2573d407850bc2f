"""Moments of a session on the command line: the number of a change, the name of a version, or a link."""

from __future__ import annotations

import argparse

from optiverse_collab.core.protocol.address import DEFAULT_SERVER, named_session, parse_address
from optiverse_collab.errors import AddressError
from optiverse_collab.scripting import AsyncBench

MOMENT = "the number of a change, which `history` prints, or the name of a version"
"""What such an argument may be."""


def clock_of(bench: AsyncBench, moment: str) -> int:
    """The clock of a moment.

    Raises:
        CollaborationError: it is no number, and no version has this name.
    """
    try:
        return int(moment)
    except ValueError:
        return bench.versions.find(moment).clock


def follow(options: argparse.Namespace) -> str | None:
    """If `options.moment` is a link from a report, make the options those of its server, session and change.

    Such a link has no invite. So `options.server` stays if it was given, since it may have one.

    Returns:
        The id of the item in the link, if there is one.

    Raises:
        AddressError: it leads to no moment, or contradicts the other options.
    """
    if "://" not in options.moment:
        return None
    link = parse_address(options.moment)
    if link.clock is None:
        raise AddressError("The link names no change; copy one from a report, or give the change's number.")
    if options.server == DEFAULT_SERVER:
        options.server = link.server
    elif parse_address(options.server).server != link.server:
        raise AddressError(
            f"The link is for {link.server}, but --server names another one; give only one of them."
        )
    options.session, options.moment = named_session(link, options.session), str(link.clock)
    return link.item
