"""Where a session is: MSG-4 and LIM-3 of docs/protocol.md, and what users type in its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.address import (
    Invite,
    check_name,
    check_server,
    invite_link,
    parse_invite,
    websocket_url,
)
from optiverse_collab.errors import AddressError
from optiverse_collab_server.paths import parse_path

SERVER = "ws://localhost:8765"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty; write for example ws://localhost:8765"),
        ("   ", "is empty"),
        ("localhost:8765", "begins with ws:// or wss://"),
        ("localhost", "begins with ws:// or wss://"),
        ("//localhost:8765", "begins with ws:// or wss://"),
        ("ws:localhost", "begins with ws:// or wss://"),
        ("ftp://localhost", "begins with ws:// or wss://"),
        ("http://lab:8765/x", "not HTTP; write ws://lab:8765/x."),
        ("HTTPS://lab", "not HTTP; write wss://lab."),
        ("ws://", "names no host"),
        ("ws://:8765", "names no host"),
        ("ws://my lab:8765", "names no host"),
        ("ws://lab:0", "names no host"),
        ("ws://lab:65536", "with a port up to 65535"),
        ("ws://lab:http", "with a port up to 65535"),
        ("ws://[::1", "is not an address"),
        ("ws://ann:secret@lab:8765", "leave out what stands before @"),
        ("ws://lab:8765?token=1", "leave out what stands"),
        ("ws://lab:8765#x", "leave out what stands"),
        ("ws://lab:8765/ws/default/ann", "leave out /ws"),
        ("ws://lab:8765/ws", "leave out /ws"),
    ],
)
def test_what_is_no_server_gets_a_sentence_of_its_own(text: str, sentence: str) -> None:
    with pytest.raises(AddressError) as caught:
        check_server(text)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("text", "server"),
    [
        (SERVER, SERVER),
        ("  ws://localhost:8765/ ", SERVER),
        ("WSS://bench.example", "wss://bench.example"),
        ("ws://[::1]:8765", "ws://[::1]:8765"),
        ("wss://gateway.example/optics/", "wss://gateway.example/optics"),
    ],
)
def test_server(text: str, server: str) -> None:
    assert check_server(text) == server


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "is empty"),
        (" \t", "is empty"),
        ("x" * 129, "has 129 characters; at most 128"),
        (".", "leads elsewhere"),
        ("..", "leads elsewhere"),
        ("lab\ud800", "half of a character"),
    ],
)
@pytest.mark.parametrize("what", ["session", "user"])
def test_names_that_cannot_be(name: str, sentence: str, what: str) -> None:
    """LIM-3, LIM-5."""
    with pytest.raises(AddressError, match=what) as caught:
        check_name(name, what)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("name", ["default", "a/b?c#d%2F e", "光路 ½″", "...", "x" * 128, "é" * 128])
def test_the_server_reads_the_names_that_were_written(name: str) -> None:
    """MSG-4: any Unicode, percent-encoded, also what has a meaning in URLs."""
    path = websocket_url(SERVER, name, name).removeprefix(SERVER)
    assert path.isascii()
    assert parse_path(path, Limits()) == (name, name)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip))
def test_any_name_survives_a_url_and_an_invite(name: str) -> None:
    if name in (".", ".."):
        return
    assert parse_path(websocket_url(SERVER, name, name).removeprefix(SERVER), Limits()) == (name, name)
    assert parse_invite(invite_link(SERVER, name)) == Invite(SERVER, name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello!",
        "ws://lab:8765",
        "ws://lab:8765/ws/",
        "ws://lab:8765/ws//ann",
        "ws://lab:8765/ws/a/b/c",
        "ws://lab:8765/ws/%ff",
        "ws://lab:8765/ws/%20",
        "http://lab:8765/ws/default",
        "ws:///ws/default",
    ],
)
def test_what_is_no_invite(text: str) -> None:
    with pytest.raises(AddressError):
        parse_invite(text)


@pytest.mark.parametrize(
    ("text", "invite"),
    [
        (" ws://lab:8765/ws/default \n", Invite("ws://lab:8765", "default")),
        ("ws://lab:8765/ws/default/", Invite("ws://lab:8765", "default")),
        ("ws://lab:8765/ws/default/Ann", Invite("ws://lab:8765", "default")),
        ("wss://gateway.example/optics/ws/a%2Fb", Invite("wss://gateway.example/optics", "a/b")),
    ],
)
def test_invite(text: str, invite: Invite) -> None:
    assert parse_invite(text) == invite
