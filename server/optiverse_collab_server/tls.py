"""The server's key and certificate: its own in the data folder, or the operator's.

No authority signs a certificate that is made here. Links name its key instead (LINK-1 in
docs/protocol.md), so the key stays when the certificate is renewed.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from optiverse_collab.disk.durable import write_private
from optiverse_collab.errors import SettingsError, StorageError
from optiverse_collab_server.certificate import is_good, new_certificate, new_key, pin_of_key, pin_of_own
from optiverse_collab_server.storage.failures import explained

FOLDER, KEY_NAME, CERTIFICATE_NAME = "tls", "key.pem", "cert.pem"

_SOMEWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
"""Unused addresses (RFC 5737, RFC 3849), to ask the system for its route to them."""


class Identity(NamedTuple):
    """A server's identity.

    Attributes:
        context: the key and the certificate.
        pin: the hash of the key, for links; None if an authority has signed the certificate.
    """

    context: ssl.SSLContext
    pin: str | None


def own_identity(data: Path, names: Sequence[str], now: datetime) -> Identity:
    """The identity in a data folder: created if there is none; the certificate is renewed before it ends.

    Args:
        data: the folder; created if there is none.
        names: the names and addresses of this machine, as `machine_names` finds them.
        now: in UTC.

    Raises:
        StorageError: the files can't be read or written, or the key is damaged.
    """
    folder = data / FOLDER
    key_file, certificate_file = folder / KEY_NAME, folder / CERTIFICATE_NAME
    with explained(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not key_file.exists():
            write_private(key_file, new_key(), replace=False)
        key = key_file.read_bytes()
        try:
            if not certificate_file.exists() or not is_good(certificate_file.read_bytes(), key, now):
                write_private(certificate_file, new_certificate(key, names, now))
            return Identity(_context(certificate_file, key_file), pin_of_key(key))
        except (ValueError, ssl.SSLError) as error:
            raise StorageError(
                f"The key {key_file} can't be used ({error}). Restore it; or delete it, and send everybody "
                "new links."
            ) from error


def given_identity(certificate: Path, key: Path) -> Identity:
    """The operator's identity.

    Args:
        certificate: a PEM file; intermediate certificates follow the server's own.
        key: a PEM file without a password.

    Raises:
        SettingsError: they can't be used.
    """
    try:
        return Identity(_context(certificate, key), pin_of_own(certificate.read_bytes()))
    except (OSError, ValueError) as error:
        raise SettingsError(
            [
                f"The certificate {certificate} with the key {key} can't be used ({error}); both are PEM "
                "files, and the key has no password."
            ]
        ) from error


def machine_names(host: str) -> list[str]:
    """The names and addresses of this machine, found without asking other machines.

    Args:
        host: the address that the server listens on.
    """
    own = socket.gethostname()
    found = [host, own, f"{own.partition('.')[0]}.local", "localhost", "127.0.0.1", "::1"]
    for family, somewhere in _SOMEWHERE.items():
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((somewhere, 9))  # sends nothing
            found.append(asking.getsockname()[0])
    return [name for name in dict.fromkeys(found) if name not in ("", "0.0.0.0", "::")]


def _context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.load_cert_chain(certificate, key, password=_no_password)
    return context


def _no_password() -> str:
    """Otherwise OpenSSL would ask on the terminal."""
    return ""
