"""The fragment of a link, ``t=TOKEN&pin=PIN&clock=CLOCK&item=ID&also=ADDRESS``.

It holds the guest's secret, the server's key, what to look at (the bench after a change, and an item), and
where the server's standby is.
All parts are optional. A fragment never goes over the wire: the token is sent in a header, and the pin is
compared here (LINK rules in docs/protocol.md). Error messages about a damaged link don't repeat its secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, unquote

from optiverse_collab.core.limits import LARGEST_NUMBER, Limits
from optiverse_collab.errors import AddressError

TOKEN_CHARS = 22
"""128 random bits in base64url without padding."""

PIN_CHARS = 43
"""The SHA-256 hash of a public key (DER SubjectPublicKeyInfo) in base64url without padding."""

_KEYS = ("t", "pin", "clock", "item", "also")
"""The names of a fragment's parts, in the order of `Fragment`."""

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_CLOCK = re.compile(r"[0-9]{1,16}")
_ENCODED = re.compile(
    rf"%23(?=(?:t(?:=|%3D)[\w-]{{{TOKEN_CHARS}}}|pin(?:=|%3D)[\w-]{{{PIN_CHARS}}}|clock=[0-9]+)(?:&|%26|$))"
)
"""A number sign that a program on the way escaped. Names in links have ``%3D`` in place of ``=``."""


class Fragment(NamedTuple):
    """The fragment of a link, after its number sign.

    Attributes:
        token: the secret that lets a guest in; None if the link has none.
        pin: the hash of the server's key; None if the system's authorities decide.
        clock: the change after which to look at the bench; None for now.
        item: the id of the item to look at; None for all of them.
        also: the address of the standby, with its pin as a fragment; None if it has none (STAND-7).
    """

    token: str | None = None
    pin: str | None = None
    clock: int | None = None
    item: str | None = None
    also: str | None = None


def split_link(text: str) -> tuple[str, Fragment]:
    """Split a link into the address and the fragment.

    Raises:
        AddressError: the fragment is damaged.
    """
    before, _, after = _ENCODED.sub("#", text.strip(), count=1).partition("#")
    return before.rstrip(), parse_fragment(after)


def parse_fragment(text: str) -> Fragment:
    """Read a fragment, without its number sign; line breaks and spaces from a mail are ignored.

    Raises:
        AddressError: it is damaged; with a sentence for the user.
    """
    found: dict[str, str] = {}
    for key, value in _parts("".join(text.split())):
        if key not in _KEYS or key in found:
            raise AddressError(
                "The part of the link after # is damaged, or from a newer version; copy the whole link again."
            )
        found[key] = value
    digits = found.get("clock")
    clock = None if digits is None else int(digits) if _CLOCK.fullmatch(digits) else -1
    return _checked(Fragment(found.get("t"), found.get("pin"), clock, found.get("item"), found.get("also")))


def format_fragment(fragment: Fragment) -> str:
    """The end of a link, with its number sign; empty if it has no parts.

    Raises:
        AddressError: a part is invalid.
    """
    parts = zip(_KEYS, _checked(fragment), strict=True)
    said = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in parts if value is not None)
    return said and f"#{said}"


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """The keys and values of a fragment, even if a program on the way escaped some of it once more."""
    for part in text.split("&") if text else ():
        if part.startswith("item="):
            yield "item", _unquoted(part.removeprefix("item="))
            continue
        for piece in unquote(part).split("&"):
            key, _, value = piece.partition("=")
            yield key, _unquoted(value)


def _unquoted(value: str) -> str:
    """A value without its percent-encoding.

    Raises:
        AddressError: it is not UTF-8.
    """
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise AddressError("A part of the link is not UTF-8; copy the whole link again.") from None


def _checked(fragment: Fragment) -> Fragment:
    """Check all parts, and return them unchanged.

    Raises:
        AddressError: one is not valid.
    """
    for what, value, chars in (("invite", fragment.token, TOKEN_CHARS), ("key", fragment.pin, PIN_CHARS)):
        if value is not None:
            _check_secret(what, value, chars)
    if fragment.clock is not None and not 0 <= fragment.clock <= LARGEST_NUMBER:
        raise AddressError(
            f"The change in the link is not a number from 0 to {LARGEST_NUMBER}; copy the whole link again."
        )
    if fragment.item is not None:
        _check_item(fragment.item)
    return fragment


def _check_secret(what: str, value: str, chars: int) -> None:
    """Check a token or a pin.

    Raises:
        AddressError: it is not valid.
    """
    if len(value) != chars:
        raise AddressError(
            f"The {what} in the link has {len(value)} characters, not {chars}; copy the whole link again."
        )
    if not _BASE64URL.fullmatch(value):
        raise AddressError(f"The {what} in the link has an invalid character; copy the whole link again.")


def _check_item(id: str) -> None:
    """Check the id of an item (LIM-3).

    Raises:
        AddressError: it is not valid.
    """
    most = Limits().id_chars
    if not 1 <= len(id) <= most:
        raise AddressError(
            f"The item in the link has {len(id)} characters, not 1 to {most}; copy the whole link again."
        )
    if any("\ud800" <= c <= "\udfff" for c in id):
        raise AddressError("The item in the link holds half of a character; copy the whole link again.")
