"""``optiverse-collab-server invite``: makes an invite link, even while the server runs."""

from __future__ import annotations

import argparse
import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import LABEL_CHARS, LONGEST_S, MOST_USES, AccessInvite
from optiverse_collab.core.protocol.address import DEFAULT_SESSION, check_name, invite_link, parse_address
from optiverse_collab.errors import AddressError, SettingsError, StorageError
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.grants import EVERY_SESSION, GRANTS, NotDone, StoredGrant
from optiverse_collab_server.cli.entrance import link_to
from optiverse_collab_server.cli.identity import identity_for
from optiverse_collab_server.cli.output import add_json, write_json, write_line
from optiverse_collab_server.config.arguments import add_settings
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.storage.failures import explained
from optiverse_collab_server.wall_clock import now_ms

if TYPE_CHECKING:
    from optiverse_collab_server.config.arguments import Commands
    from optiverse_collab_server.config.settings import Settings

UNITS_S = {"m": 60, "h": 60 * 60, "d": 24 * 60 * 60}


def add_parser(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("invite", help="make an invite link, even while the server runs")
    parser.add_argument("session", nargs="?", type=_session, help=f"its name (default: {DEFAULT_SESSION})")
    parser.add_argument("--all", action="store_true", help="the link is valid in every session")
    roles = [role.value for role in Role if role is not Role.NONE]
    parser.add_argument("--role", choices=roles, default=Role.EDITOR.value, help="default: %(default)s")
    parser.add_argument("--label", type=_label, default="", metavar="TEXT", help="whom it is for")
    parser.add_argument(
        "--expires", type=_seconds, default=0, metavar="TIME", help="30m, 12h or 7d from now (default: never)"
    )
    parser.add_argument(
        "--uses", type=_uses, metavar="N", help="how often it can be used (default: any number)"
    )
    parser.add_argument(
        "--knock",
        action="store_true",
        help="an owner in the session must let in each person who uses the link",
    )
    parser.add_argument(
        "--address",
        type=_address,
        metavar="URL",
        help="the address people connect to, if not this machine under its own name: wss://…",
    )
    parser.add_argument(
        "--also",
        type=_address,
        metavar="URL",
        help="the address of the standby, with its key: wss://…#pin=…; people try it if this one is gone",
    )
    add_settings(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Make the invite, and print its link, which can't be printed again.

    Returns:
        The exit code.

    Raises:
        SettingsError: the server asks nobody for an invite, or its certificate can't be used.
        StorageError: the invite can't be stored.
    """
    if settings.auth == "none":
        raise SettingsError(
            ["This server asks nobody for an invite (auth is none); give people its address."]
        )
    if options.role == Role.FOLLOWER.value and not options.all:
        raise SettingsError(["A standby gets every session: add --all."])
    data = data_folder(settings)
    with explained(data):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    session = options.session or DEFAULT_SESSION
    role, knock = Role(options.role), options.knock
    wanted = AccessInvite(1, role, options.label, options.expires, options.uses, knock)
    identity = identity_for(settings, data)
    place = options.address or link_to(settings, settings.port, identity, None)
    if options.also is not None:  # first: an invite whose link can't be printed is useless
        place = _with_standby(place, options.also)
    grant, token = asyncio.run(_make(data, wanted, EVERY_SESSION if options.all else session))
    link = invite_link(place, session, token, identity.pin if identity else None)
    if options.json:
        shown = grant.shown([])
        write_json({"link": link, "id": grant.id, "session": grant.session, "expires": shown.expires})
    else:
        write_line(link)
    return 0


def _with_standby(address: str, also: str) -> str:
    """The server's address with that of its standby.

    Raises:
        SettingsError: a link can't have both.
    """
    first, second = parse_address(address), parse_address(also)
    if first.server.partition(":")[0] != second.server.partition(":")[0]:
        raise SettingsError([f"--also and {first.server} must both begin with wss://, or both with ws://."])
    return first._replace(token=None, also=second.remembered).link


async def _make(data: Path, wanted: AccessInvite, session: str) -> tuple[StoredGrant, str]:
    book = GrantBook.open(data, now_ms)
    try:
        return await book.invite(wanted, session, by="")
    except NotDone as error:  # the only possible reason here
        raise StorageError(f"There are {GRANTS} grants; revoke some, in an editor, first.") from error
    finally:
        await book.close()


def _session(text: str) -> str:
    try:
        return check_name(text, "session")
    except AddressError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _address(text: str) -> str:
    try:
        parse_address(text)
    except AddressError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _label(text: str) -> str:
    if len(text) > LABEL_CHARS:
        raise argparse.ArgumentTypeError(f"it has {len(text)} characters; the limit is {LABEL_CHARS}")
    return text


def _seconds(text: str) -> int:
    found = re.fullmatch(r"([1-9][0-9]{0,5})([mhd])", text)
    seconds = int(found[1]) * UNITS_S[found[2]] if found else 0
    if not 0 < seconds <= LONGEST_S:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; give for example 30m, 12h or 7d")
    return seconds


def _uses(text: str) -> int:
    uses = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
    if not 0 < uses <= MOST_USES:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of uses; give 1 to {MOST_USES}")
    return uses
