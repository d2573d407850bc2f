"""The fragment of an invite link, ``t=TOKEN&pin=PIN``: the guest's secret, and the server's key.

Both parts are optional. A fragment never goes over the wire: the token is sent in a header, and the pin is
compared here (LINK rules in docs/protocol.md). Error messages about a damaged link don't repeat its secret.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

from optiverse_collab.errors import AddressError

TOKEN_CHARS = 22
"""128 random bits in base64url without padding."""

PIN_CHARS = 43
"""The SHA-256 hash of a public key (DER SubjectPublicKeyInfo) in base64url without padding."""

_PARTS = {"t": ("invite", TOKEN_CHARS), "pin": ("key", PIN_CHARS)}
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_ENCODED = re.compile(
    rf"%23(?=(?:t(?:=|%3D)[\w-]{{{TOKEN_CHARS}}}|pin(?:=|%3D)[\w-]{{{PIN_CHARS}}})(?:&|%26|$))"
)
"""A number sign that a program on the way escaped as part of a name."""


class Fragment(NamedTuple):
    """The fragment of an invite link, after its number sign.

    Attributes:
        token: the secret that lets a guest in; None if the link has none.
        pin: the hash of the server's key; None if the system's authorities decide.
    """

    token: str | None = None
    pin: str | None = None


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
    text = unquote("".join(text.split()))
    for part in text.split("&") if text else []:
        key, _, value = part.partition("=")
        if key not in _PARTS or key in found:
            raise AddressError(
                "The part of the link after # is damaged, or from a newer version; copy the whole link again."
            )
        found[key] = _checked(key, value)
    return Fragment(found.get("t"), found.get("pin"))


def format_fragment(fragment: Fragment) -> str:
    """The end of a link, with its number sign; empty if there is neither.

    Raises:
        AddressError: the token or the pin is invalid.
    """
    parts = zip(_PARTS, fragment, strict=True)
    said = "&".join(f"{key}={_checked(key, value)}" for key, value in parts if value is not None)
    return said and f"#{said}"


def _checked(key: str, value: str) -> str:
    """Check a token or a pin, and return it unchanged.

    Raises:
        AddressError: it is not valid.
    """
    what, chars = _PARTS[key]
    if len(value) != chars:
        raise AddressError(
            f"The {what} in the link has {len(value)} of {chars} characters; copy the whole link again."
        )
    if not _BASE64URL.fullmatch(value):
        raise AddressError(f"The {what} in the link has an invalid character; copy the whole link again.")
    return value
