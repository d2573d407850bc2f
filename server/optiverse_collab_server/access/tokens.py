"""Tokens: the secrets that let people in; the server keeps only their hashes."""

from __future__ import annotations

import secrets
from hashlib import blake2b
from urllib.parse import urlsplit

from websockets.datastructures import Headers

from optiverse_collab_server.doors import is_loopback

BYTES = 16
"""128 bits, too many to guess."""


def new_token() -> str:
    """A new token: 22 characters of base64url."""
    return secrets.token_urlsafe(BYTES)


def hash_of(token: str) -> bytes:
    """The stored form of a token: its BLAKE2b hash, 32 bytes."""
    return blake2b(token.encode(errors="replace"), digest_size=32).digest()


def token_in(headers: Headers) -> str | None:
    """The token in ``Authorization: Bearer TOKEN``; None without this header, empty if it has another
    form."""
    values = headers.get_all("Authorization")
    if not values:
        return None
    scheme, _, token = values[0].strip().partition(" ")
    return token.strip() if len(values) == 1 and scheme.lower() == "bearer" else ""


def can_wait(headers: Headers) -> bool:
    """Whether a client can wait outside: ``Prefer: wait``, as in RFC 7240 (ACC-12)."""
    wishes = ",".join(headers.get_all("Prefer")).split(",")
    return any(wish.partition(";")[0].partition("=")[0].strip().lower() == "wait" for wish in wishes)


def is_forwarded(headers: Headers) -> bool:
    """Whether a request came through a proxy: a header says so, or the host is not this machine."""
    names = {name.lower() for name in headers}
    if names & {"forwarded", "via", "x-real-ip"} or any(name.startswith("x-forwarded-") for name in names):
        return True
    hosts = headers.get_all("Host")
    return len(hosts) != 1 or not _is_this_machine(hosts[0])


def _is_this_machine(host: str) -> bool:
    """Whether the header ``Host`` is a name that only this machine's own users can use."""
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False
