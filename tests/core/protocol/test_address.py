"""Where a session is: MSG-4 and LIM-3 of docs/protocol.md, and what users type in its place."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.protocol.address import (
    Address,
    Place,
    check_name,
    invite_link,
    named_session,
    parse_address,
    parse_path,
    websocket_url,
)
from optiverse_collab.errors import AddressError

SERVER = "ws://localhost:8765"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty; write for example ws://localhost:8765"),
        ("   ", "is empty"),
        ("ws:localhost", "is not an address"),
        ("ws:\\\\localhost", "is not an address"),
        ("ftp://localhost", "begins with ws:// or wss://"),
        ("file:///home/ann/bench.json", "begins with ws:// or wss://"),
        ("ws://", "names no host"),
        ("ws://:8765", "names no host"),
        (":8765", "names no host"),
        ("ws://my lab:8765", "names no host"),
        ("my lab", "names no host"),
        ("ws://lab:0", "names no host"),
        ("lab:65536", "with a port up to 65535"),
        ("ws://lab:http", "with a port up to 65535"),
        ("::1", "is not an address"),
        ("ws://[::1", "is not an address"),
        ("ann@lab:8765", "leave out what stands before @"),
        ("ws://ann:secret@lab:8765", "leave out what stands before @"),
        ("ws://lab:8765?token=1", "leave out what stands"),
        ("ws://lab:8765#x", "leave out what stands"),
        ("ws://lab:8765/ws/a/b/c", "is not an invite link"),
        ("ws://lab:8765/ws//ann", "is not an invite link"),
        ("ws://lab:8765/ws/%ff", "is not UTF-8"),
        ("ws://lab:8765/ws/%20", "session is empty"),
        ("ws:///ws/default", "names no host"),
    ],
)
def test_what_is_no_address_gets_a_sentence_of_its_own(text: str, sentence: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_address(text)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("text", "server"),
    [
        (SERVER, SERVER),
        ("  ws://localhost:8765/ \n", SERVER),
        ("localhost:8765", SERVER),
        ("//localhost:8765//", SERVER),
        ("ws:/localhost", SERVER),
        ("localhost", SERVER),
        ("localhost:", SERVER),
        ("http://localhost:8765", SERVER),
        ("ws://localhost:8765/ws/", SERVER),
        ("192.0.2.7", "ws://192.0.2.7:8765"),
        ("[::1]", "ws://[::1]:8765"),
        ("ws://[::1]:9000", "ws://[::1]:9000"),
        ("ws://lab:80", "ws://lab:80"),
        ("gateway.example/optics/", "ws://gateway.example/optics"),
        ("HTTPS://lab", "wss://lab"),
        ("WSS://bench.example:8765", "wss://bench.example:8765"),
        ("wss://gateway.example/optics/", "wss://gateway.example/optics"),
    ],
)
def test_server_is_read_generously(text: str, server: str) -> None:
    assert parse_address(text) == parse_address(server) == Address(server, None)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" ws://lab:9000/ws/default \n", Address("ws://lab:9000", "default")),
        ("http://lab/ws/default/", Address("ws://lab:8765", "default")),
        ("lab/ws/default/Ann", Address("ws://lab:8765", "default")),
        ("wss://gateway.example/optics/ws/a%2Fb", Address("wss://gateway.example/optics", "a/b")),
    ],
)
def test_invite_names_server_and_session(text: str, address: Address) -> None:
    assert parse_address(text) == address


def test_link_and_name_may_each_name_the_session() -> None:
    link, server = Address(SERVER, "lab"), Address(SERVER, None)
    assert named_session(server, None) == "default"
    assert named_session(server, "bench") == "bench"
    assert named_session(link, None) == named_session(link, "lab") == "lab"
    with pytest.raises(
        AddressError, match="invites to session 'lab', but 'bench' was asked for; leave out one"
    ):
        websocket_url(f"{SERVER}/ws/lab", "bench", "Ann")


@given(st.text("wsh:/.[]1%?#@ lab\\\u00e9\n", max_size=24))
def test_what_is_read_is_read_the_same_again(text: str) -> None:
    try:
        address = parse_address(text)
    except AddressError:
        return
    assert parse_address(address.server) == Address(address.server, None)
    if address.session is not None:
        assert parse_address(invite_link(address.server, address.session)) == address


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "is empty"),
        (" \t", "is empty"),
        ("x" * 129, "has 129 characters; the limit is 128"),
        (".", "leads elsewhere"),
        ("..", "leads elsewhere"),
        ("lab\ud800", "half of a character"),
    ],
)
@pytest.mark.parametrize("what", ["session", "user"])
def test_names_that_cannot_be(name: str, sentence: str, what: str) -> None:
    """MSG-4, LIM-3, LIM-5."""
    with pytest.raises(AddressError, match=what) as caught:
        check_name(name, what)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("", "connect a WebSocket to /ws/SESSION/USER"),
        ("/ws/a/b/", "connect a WebSocket to /ws/SESSION/USER"),
        ("/ws//b", "session is empty"),
        ("/ws/a/", "user is empty"),
        ("/ws/a/%20", "user is empty"),
        ("/ws/../b", "leads elsewhere"),
        ("/ws/a/%2e", "leads elsewhere"),
        ("/ws/%ff/b", "session is not UTF-8"),
        ("/ws/a/%ed%a0%80", "user is not UTF-8"),
        ("/ws/a/\udcff", "half of a character"),
        (f"/ws/a/{'x' * 129}", "has 129 characters"),
    ],
)
def test_paths_that_cannot_be(path: str, sentence: str) -> None:
    """MSG-4: what a server may read; a byte beyond ASCII comes as half of a character."""
    with pytest.raises(AddressError) as caught:
        parse_path(path)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "name", ["default", "a/b?c#d%2F e", "光路 ½″", "...", " a ", "x" * 128, "é" * 128, "a\nb", "\u202e"]
)
def test_the_server_reads_the_names_that_were_written(name: str) -> None:
    """MSG-4: any Unicode, percent-encoded, also what has a meaning in URLs; a query is ignored."""
    path = websocket_url(SERVER, name, name).removeprefix(SERVER)
    assert path.isascii()
    assert parse_path(path) == parse_path(path + "?token=x") == Place(name, name)


names = st.one_of(st.text(max_size=20), st.sampled_from(["", " ", ".", "..", "x" * 128, "x" * 129, "\ud800"]))


@given(names, names)
def test_server_accepts_just_what_clients_accept(session: str, user: str) -> None:
    """MSG-4: and reads what was written, as a user who pastes the invite does."""
    parts = [quote(name, safe="", errors="surrogatepass") for name in (session, user)]
    path = "/ws/" + "/".join(parts)
    try:
        url = websocket_url(SERVER, session, user)
    except AddressError:
        with pytest.raises(AddressError):
            parse_path(path)
        return
    assert url == SERVER + path
    assert parse_path(path) == Place(session, user)
    assert parse_address(invite_link(SERVER, session)) == Address(SERVER, session)


parts = st.text(st.sampled_from("a./%2eE0fFc3 \u00e9\udcff?"), max_size=8)


@given(st.lists(parts, max_size=4).map(lambda parts: "/".join(["/ws", *parts])) | st.text())
def test_clients_accept_what_the_server_accepts(path: str) -> None:
    """MSG-4: whatever a request says, a place that it names is one that a client can ask for."""
    try:
        place = parse_path(path)
    except AddressError:
        return
    assert parse_path(websocket_url(SERVER, *place).removeprefix(SERVER)) == place
