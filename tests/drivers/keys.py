"""Servers that have the key of a link, or another one: one table for all drivers (LINK-3).

The drivers' tests connect to each server over real sockets. A server with another key must receive
nothing from a client, whoever signed its certificate: `ScriptedServer.accepted` stays 0.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from optiverse_collab.core.protocol.pins import pin_of
from optiverse_collab_server.certificate import new_certificate, new_key, pin_of_key
from tests.helpers.tls import Authority, der_of, server_context_of

TOKEN = "cHl0aG9uLWFuZC1RdDEyMw"

AUTHORITY = Authority()
"""An authority that a test can make the system trust."""


class Shown(NamedTuple):
    """What a server presents, and the pin of the link to it."""

    context: ssl.SSLContext
    pin: str


class Case(NamedTuple):
    """A server, and whether a client may talk to it.

    Attributes:
        name: identifies the test case.
        make: makes the server; its argument is a folder for files.
        is_right: whether the key is the one that the link names.
    """

    name: str
    make: Callable[[Path], Shown]
    is_right: bool


def _own(folder: Path) -> Shown:
    key = new_key()
    certificate = new_certificate(key, ["127.0.0.1"], datetime.now(timezone.utc))
    return Shown(server_context_of(folder, key, certificate), pin_of_key(key))


def _expired(folder: Path) -> Shown:
    key = new_key()
    long_ago = datetime.now(timezone.utc) - timedelta(days=900)
    return Shown(server_context_of(folder, key, new_certificate(key, [], long_ago)), pin_of_key(key))


def _of_another_name(folder: Path) -> Shown:
    key = new_key()
    certificate = new_certificate(key, ["elsewhere.example"], datetime.now(timezone.utc))
    return Shown(server_context_of(folder, key, certificate), pin_of_key(key))


def _signed(folder: Path) -> Shown:
    key = new_key()
    context = server_context_of(folder, key, AUTHORITY.sign(key), AUTHORITY.certificate)
    return Shown(context, pin_of_key(key))


def _rsa(folder: Path) -> Shown:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificate = AUTHORITY.sign(pem)
    return Shown(server_context_of(folder, pem, certificate), pin_of(der_of(certificate)))


def _other(right: Callable[[Path], Shown]) -> Callable[[Path], Shown]:
    """The same server, with a link that names another key."""
    return lambda folder: right(folder)._replace(pin=pin_of_key(new_key()))


CASES = (
    Case("the key that the link names", _own, True),
    Case("the key, with an expired certificate", _expired, True),
    Case("the key, with a certificate of another name", _of_another_name, True),
    Case("the key, signed by an authority", _signed, True),
    Case("the key, of another kind", _rsa, True),
    Case("another key", _other(_own), False),
    Case("another key, signed by a trusted authority", _other(_signed), False),
    Case("another key, of another kind", _other(_rsa), False),
)
