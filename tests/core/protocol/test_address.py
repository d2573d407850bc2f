"""The address of a session, as URL and as users type it: MSG-4 and LIM-3 of docs/protocol.md."""

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
    moment_link,
    named_session,
    parse_address,
    parse_path,
    websocket_url,
)
from optiverse_collab.errors import AddressError

SERVER = "ws://localhost:8765"
TOKEN, PIN = "cHl0aG9uLWFuZC1RdDEyMw", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"


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
        ("ann@lab:8765", "remove everything before @"),
        ("ws://ann:secret@lab:8765", "remove everything before @"),
        ("ws://lab:8765?token=1", "remove everything before @"),
        ("ws://lab:8765#x", "after # is damaged"),
        (f"ws://lab/ws/default#pin={PIN}", "a key, which only wss:// servers have"),
        ("ws://lab:8765/ws/a/b/c", "is not an invite link"),
        ("ws://lab:8765/ws//ann", "is not an invite link"),
        ("ws://lab:8765/ws/%ff", "is not UTF-8"),
        ("ws://lab:8765/ws/%20", "session is empty"),
        ("ws:///ws/default", "names no host"),
        ("ws://gateway/my optics", "holds a space; write %20"),
        ("ws://gateway/ ?", "holds a space; write %20"),
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
        (f"ws://lab/ws/default#t={TOKEN}", Address("ws://lab:8765", "default", TOKEN)),
        (f"wss://lab/ws/a#t={TOKEN}&pin={PIN}", Address("wss://lab", "a", TOKEN, PIN)),
        (f"wss://lab:8765#pin={PIN}", Address("wss://lab:8765", None, None, PIN)),
        ("wss://lab/ws/a#clock=812&item=M3", Address("wss://lab", "a", None, None, 812, "M3")),
        (f"lab/ws/a#t={TOKEN}&clock=0", Address("ws://lab:8765", "a", TOKEN, None, 0)),
    ],
)
def test_invite_names_server_and_session(text: str, address: Address) -> None:
    assert parse_address(text) == address


def test_link_and_name_may_each_name_the_session() -> None:
    link, server = Address(SERVER, "lab"), Address(SERVER, None)
    assert named_session(server, None) == "default"
    assert named_session(server, "bench") == "bench"
    assert named_session(link, None) == named_session(link, "lab") == "lab"
    with pytest.raises(AddressError, match="is for session 'lab', but you asked for 'bench'; give only one"):
        websocket_url(f"{SERVER}/ws/lab", "bench", "Ann")


def test_a_sentence_does_not_repeat_a_secret() -> None:
    """The sentence may end up in a log."""
    for text in (
        f"wss://lab/ws/a/b/c#t={TOKEN}",
        f"wss://#t={TOKEN}",
        f"ann@lab#t={TOKEN}",
        f"lab#t={TOKEN}x",
    ):
        with pytest.raises(AddressError) as caught:
            parse_address(text)
        assert TOKEN not in str(caught.value)


def test_what_is_remembered_has_no_token() -> None:
    """LINK-2: it may be stored in settings and files."""
    address = Address("wss://lab:1", "a b", TOKEN, PIN)
    assert address.link == invite_link("wss://lab:1", "a b", TOKEN, PIN)
    assert parse_address(address.link) == address
    assert parse_address(address._replace(session=None).link) == address._replace(session=None)
    assert address.remembered == f"wss://lab:1#pin={PIN}"
    assert parse_address(SERVER).remembered == SERVER
    assert parse_address(invite_link(address.remembered, "lab")) == Address("wss://lab:1", "lab", None, PIN)


def test_a_link_to_a_moment_has_no_secret() -> None:
    """LINK-1, LINK-2: it may be mailed."""
    link = moment_link(f"wss://lab:1/ws/a#t={TOKEN}&pin={PIN}", "a b", 812, "M3 & M4")
    assert link == "wss://lab:1/ws/a%20b#clock=812&item=M3%20%26%20M4"
    assert parse_address(link) == Address("wss://lab:1", "a b", None, None, 812, "M3 & M4")
    assert moment_link("lab", "a", 0) == "ws://lab:8765/ws/a#clock=0"
    for session, clock in (("", 1), ("a", -1)):
        with pytest.raises(AddressError):
            moment_link("lab", session, clock)


@given(st.integers(0, 2**53), st.none() | st.text(min_size=1, max_size=128))
def test_a_moment_that_was_written_is_read(clock: int, item: str | None) -> None:
    """LINK-1"""
    assert parse_address(moment_link("lab", "a#clock=3", clock, item)) == Address(
        "ws://lab:8765", "a#clock=3", None, None, clock, item
    )


def test_a_server_is_the_same_by_its_key_or_its_place() -> None:
    here, there = (Address(server, None, None, PIN) for server in ("wss://here", "wss://there"))
    other = here._replace(pin="x" * 43)
    unknown = here._replace(pin=None)
    assert here.may_be(there)
    assert not here.may_be(other)
    assert here.may_be(unknown)
    assert unknown.may_be(other)
    assert not unknown.may_be(there)


@given(st.text("wsh:/.[]1%?#@ lab\\\u00e9\n", max_size=24))
def test_what_is_read_is_read_the_same_again(text: str) -> None:
    try:
        address = parse_address(text)
    except AddressError:
        return
    assert parse_address(address.server) == Address(address.server, None)
    if address.session is not None:
        link = invite_link(address.server, address.session, address.token, address.pin)
        assert parse_address(link) == address


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
        ("/ws/%e2%80%ae/b", "session shows nothing"),
        ("/ws/a/%e3%85%a4", "user shows nothing"),
    ],
)
def test_paths_that_cannot_be(path: str, sentence: str) -> None:
    """MSG-4: paths as a server may read them; a byte beyond ASCII arrives as a surrogate."""
    with pytest.raises(AddressError) as caught:
        parse_path(path)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "name", ["default", "a/b?c#d%2F e", "光路 ½″", "...", " a ", "x" * 128, "é" * 128, "a\nb", "a\u202e"]
)
def test_the_server_reads_the_names_that_were_written(name: str) -> None:
    """MSG-4: any Unicode, percent-encoded, including reserved characters of URLs; a query is ignored."""
    path = websocket_url(SERVER, name, name).removeprefix(SERVER)
    assert path.isascii()
    assert parse_path(path) == parse_path(path + "?token=x") == Place(name, name)


def test_a_script_says_that_it_is_one() -> None:
    """PRES-18"""
    url = websocket_url(SERVER, "lab", "script", is_script=True)
    assert url == f"{SERVER}/ws/lab/script?script"
    assert parse_path("/ws/lab/script?script") == Place("lab", "script", is_script=True)
    assert parse_path("/ws/lab/ann?v=1&script&x").is_script
    assert not parse_path("/ws/lab/ann?scripts&script=").is_script


names = st.one_of(st.text(max_size=20), st.sampled_from(["", " ", ".", "..", "x" * 128, "x" * 129, "\ud800"]))


@given(names, names)
def test_server_accepts_just_what_clients_accept(session: str, user: str) -> None:
    """MSG-4: and it reads the name that was written, as does a user who pastes the invite."""
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
    """MSG-4: whatever a request contains, an address that the server accepts is one that a client can use."""
    try:
        place = parse_path(path)
    except AddressError:
        return
    assert parse_path(websocket_url(SERVER, *place).removeprefix(SERVER)) == place


@pytest.mark.parametrize(
    ("known", "now", "is_another"),
    [
        ("wss://lab:1#pin=" + "a" * 43, "wss://lab:1#pin=" + "b" * 43, True),
        ("wss://lab:1#pin=" + "a" * 43, "wss://lab:1#pin=" + "a" * 43, False),
        ("wss://lab:1#pin=" + "a" * 43, "wss://moved:1#pin=" + "b" * 43, False),
        ("wss://lab:1", "wss://lab:1#pin=" + "b" * 43, False),
    ],
)
def test_another_key_at_the_same_place_is_another_server(known: str, now: str, is_another: bool) -> None:
    """DISK-6, LINK-3"""
    assert parse_address(now).has_another_key(parse_address(known)) is is_another


def test_sentence_about_a_damaged_link_keeps_its_secret() -> None:
    """LINK-1: even if the number sign before it was lost."""
    token = "Fh5yVC9-fthtuBqsRcrryg"
    for link in (f"wss://host:1t={token}", f"wss:///{token}", f"wss://host/ws/a/b/t={token}"):
        with pytest.raises(AddressError, match="…") as refused:
            parse_address(link)
        assert token not in str(refused.value)
