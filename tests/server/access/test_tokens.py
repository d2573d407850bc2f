"""Tokens, and where a request carries its own: ACC-9 and ACC-11 of docs/protocol.md."""

from __future__ import annotations

import pytest
from websockets.datastructures import Headers

from optiverse_collab.core.protocol.address import invite_link, parse_address
from optiverse_collab_server.access.tokens import can_wait, hash_of, is_forwarded, new_token, token_in


def test_tokens_fit_into_links_and_differ() -> None:
    """LINK-1."""
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    for token in tokens:
        assert parse_address(invite_link("ws://h", "s", token)).token == token


def test_hash_is_of_the_whole_token() -> None:
    token = new_token()
    assert hash_of(token) == hash_of(token)
    assert len({hash_of(token), hash_of(token[:-1]), hash_of(f"{token} "), hash_of("")}) == 4
    assert hash_of("\udc80") == hash_of("?")  # a malformed token has a hash, too


@pytest.mark.parametrize(
    ("values", "token"),
    [
        ([], None),
        (["Bearer abc"], "abc"),
        (["bearer  abc "], "abc"),
        (["Bearer"], ""),
        (["Basic abc"], ""),
        (["abc"], ""),
        (["Bearer abc", "Bearer abc"], ""),
    ],
)
def test_token_of_a_request(values: list[str], token: str | None) -> None:
    """ACC-9: None means that there is no header."""
    assert token_in(Headers([("Authorization", value) for value in values])) == token


@pytest.mark.parametrize(
    ("name", "came_through"),
    [
        ("Authorization", False),
        ("Forward", False),
        ("X-Forward", False),
        ("FORWARDED", True),
        ("x-forwarded-host", True),
        ("X-Forwarded-For", True),
        ("x-real-ip", True),
        ("Via", True),
    ],
)
def test_proxies_are_known_by_their_headers(name: str, came_through: bool) -> None:
    """ACC-9."""
    assert is_forwarded(Headers([("Host", "localhost"), (name, "x")])) == came_through


@pytest.mark.parametrize(
    ("hosts", "came_through"),
    [
        (["localhost:8765"], False),
        (["LOCALHOST"], False),
        (["127.0.0.1:8765"], False),
        (["[::1]:8765"], False),
        (["optics.example.org"], True),
        (["localhost.example.org"], True),
        (["192.0.2.1:8765"], True),
        (["[2001:db8::1]"], True),
        (["[::1"], True),
        (["x@localhost"], False),
        ([""], True),
        ([], True),
        (["localhost", "localhost"], True),
    ],
)
def test_proxies_are_known_by_the_host_that_was_asked_for(hosts: list[str], came_through: bool) -> None:
    """ACC-9: many proxies pass it on, and a page that tampers with DNS names can't change it."""
    assert is_forwarded(Headers([("Host", host) for host in hosts])) == came_through


@pytest.mark.parametrize(
    ("values", "waits"),
    [
        ([], False),
        (["wait"], True),
        (["Wait=600"], True),
        (["respond-async, wait=10;x=1"], True),
        (["respond-async", " wait "], True),
        (["waits", "x=wait"], False),
        ([""], False),
    ],
)
def test_whether_a_client_can_wait(values: list[str], waits: bool) -> None:
    """ACC-12: RFC 7240."""
    headers = Headers()
    for value in values:
        headers["Prefer"] = value
    assert can_wait(headers) is waits
