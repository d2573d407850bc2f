"""Checks the port of a server from outside: whether it is free, what answers, and how others reach it."""

from __future__ import annotations

import errno
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterable, Iterator

from optiverse_collab_server.diagnosis import Finding, Level
from optiverse_collab_server.doors import is_loopback

SECONDS = 3.0
EVERYWHERE = ("0.0.0.0", "::", "")
"""Hosts that stand for all addresses of this machine."""


def of_port(
    host: str, port: int, is_encrypted: bool, is_running: bool, serves: bool = True
) -> Iterator[Finding]:
    """Whether a server can listen on an address; or, if it runs, whether it answers there.

    Args:
        host, port: where it listens.
        is_encrypted: whether its connections are.
        is_running: whether a server uses the data folder.
        serves: whether it should be ready; a standby is not.
    """
    if is_running:
        yield _asked(host, port, is_encrypted, serves)
    else:
        yield _free(host, port)


def of_reach(host: str, port: int, is_encrypted: bool, names: Iterable[str]) -> Iterator[Finding]:
    """The addresses for other machines, and what may block them.

    Args:
        host, port: where it listens.
        is_encrypted: whether its connections are.
        names: of this machine, and its addresses.
    """
    if is_loopback(host):
        sentence = "Only this machine can connect; use --host 0.0.0.0 to let others in."
        yield Finding("reach", Level.OK, sentence)
        return
    places = [name for name in names if _is_address(name)] if host in EVERYWHERE else [host]
    if not places:
        sentence = "This machine has no address in a network now, so nobody else reaches the server."
        yield Finding("reach", Level.WARNING, sentence)
        return
    scheme = "wss" if is_encrypted else "ws"
    links = [f"{scheme}://{f'[{place}]' if ':' in place else place}:{port}" for place in places]
    way = f"let TCP port {port} through the firewall of this machine, and of the network in between"
    yield Finding("reach", Level.OK, f"Others connect to {' or '.join(links)}. If they can't, {way}.")


def _is_address(name: str) -> bool:
    """Whether this is an address that other machines can use."""
    try:
        return not ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _free(host: str, port: int) -> Finding:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as trying:
            trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trying.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return Finding("port", Level.FAULT, f"Port {port} is in use by another program; choose another.")
        return Finding("port", Level.FAULT, f"No server can listen on {host}, port {port}: {error}.")
    return Finding("port", Level.OK, f"No server uses the data folder, and port {port} on {host} is free.")


def _asked(host: str, port: int, is_encrypted: bool, serves: bool) -> Finding:
    at = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        status, sentence = _get(at, port, is_encrypted)
    except (OSError, http.client.HTTPException) as error:
        why = str(error) or type(error).__name__
        text = f"A server uses the data folder, but none answers at {at}:{port} ({why}); give its options."
        return Finding("port", Level.FAULT, text)
    level = Level.OK if status == 200 or not serves else Level.FAULT
    return Finding("port", level, f"The server at {at}:{port} says: {sentence}")


def _get(host: str, port: int, is_encrypted: bool) -> tuple[int, str]:
    connection: http.client.HTTPConnection
    if is_encrypted:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # it is this machine, and nothing secret is sent
        connection = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status, answer.read(1000).decode(errors="replace").strip()
    finally:
        connection.close()
