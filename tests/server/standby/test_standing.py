"""The file that says which server of a pair serves: STAND-4 of docs/protocol.md."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.errors import StorageError
from optiverse_collab_server.signing import KEY_NAME
from optiverse_collab_server.standby.standing import (
    FILE_NAME,
    PEERS,
    Post,
    Standing,
    State,
    place_of,
    promoted,
    read_standing,
    write_standing,
)
from tests.helpers.standby import promote

TOKEN = "t" * 22
KEY = b"k" * 32


def test_a_server_without_the_file_has_always_been_alone(tmp_path: Path) -> None:
    assert read_standing(tmp_path) == Standing(State.PRIMARY, 1, "")
    Post(tmp_path, KEY).change(Standing())
    assert not (tmp_path / FILE_NAME).exists()


def test_who_comes_in_to_which_server() -> None:
    """STAND-4"""
    assert {state: Standing(state).refusal for state in State} == {
        State.PRIMARY: None,
        State.STANDBY: CloseReason.STANDBY,
        State.DEPOSED: CloseReason.DEPOSED,
    }


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no POSIX modes")
def test_only_the_servers_user_reads_the_link(tmp_path: Path) -> None:
    """STAND-1: it has a token."""
    write_standing(tmp_path / "data", Standing(State.STANDBY, 1, "ws://first#t=…"))
    assert (tmp_path / "data" / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_a_damaged_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("{")
    with pytest.raises(StorageError, match=r"standing\.json is damaged .*Restore it from a backup; without"):
        read_standing(tmp_path)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("term", [1, 2, 3])
def test_a_higher_term_ends_the_service(tmp_path: Path, state: State, term: int) -> None:
    """STAND-4: for good, and reported once."""
    write_standing(tmp_path, Standing(state, 2, "ws://other"))
    post = Post(tmp_path, KEY)
    reports: list[str] = []
    post.on_deposed.append(lambda: reports.append("deposed"))
    is_over = term > 2 and state is not State.STANDBY
    assert post.meet(term) == is_over
    assert not post.meet(term)
    assert reports == ["deposed"] * (is_over and state is State.PRIMARY)
    heard = 3 if term == 3 and state is State.STANDBY else 0  # STAND-13
    expected = Standing(State.DEPOSED, 3) if is_over else Standing(state, 2, "ws://other", heard=heard)
    assert post.standing == read_standing(tmp_path) == expected


def test_it_serves_no_longer_even_if_that_can_not_be_written(tmp_path: Path) -> None:
    """STAND-4"""
    post = Post(tmp_path, KEY)
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(StorageError):
        post.meet(2)
    assert post.standing.state is State.DEPOSED


def test_a_promotion_is_not_overwritten(tmp_path: Path) -> None:
    """STAND-4: the term of the server that it follows comes late."""
    write_standing(tmp_path, Standing(State.STANDBY, 1, "ws://first"))
    post = Post(tmp_path, KEY)
    post.raise_term(4)
    assert read_standing(tmp_path) == post.standing == Standing(State.STANDBY, 4, "ws://first")
    assert not post.look()
    promote(tmp_path)
    post.raise_term(7)
    assert post.look()
    assert post.standing == Standing(State.PRIMARY, 5, "ws://first", followed="ws://first")


def test_the_key_of_the_other_server_is_kept(tmp_path: Path) -> None:
    """STAND-2, BACK-1"""
    post = Post(tmp_path, KEY)
    post.use_key(KEY)
    assert not (tmp_path / KEY_NAME).exists()
    post.use_key(b"o" * 32)
    assert (tmp_path / KEY_NAME).read_bytes() == post.key == b"o" * 32


def test_a_standby_remembers_the_others(tmp_path: Path) -> None:
    """STAND-13: the last ones; once it has taken over, with the token that lets it in there."""
    write_standing(tmp_path, Standing(State.STANDBY, 1, f"wss://first/ws/default#t={TOKEN}"))
    post = Post(tmp_path, KEY)
    post.note_peers(["wss://b:1", "wss://c:1"])
    post.note_peers(["wss://c:1"])
    assert read_standing(tmp_path).peers == post.standing.peers == ("wss://b:1", "wss://c:1")
    post.note_peers([f"wss://d:{port}" for port in range(1, 1 + PEERS)])
    assert read_standing(tmp_path).peers == tuple(f"wss://d:{port}" for port in range(1, 1 + PEERS))
    write_standing(tmp_path, promoted(read_standing(tmp_path)))
    assert post.look()
    first, *others = post.standing.untold
    assert first == f"wss://first/ws/default#t={TOKEN}"
    assert others == [f"wss://d:{port}#t={TOKEN}" for port in range(1, 1 + PEERS)]
    post.note_peers(["wss://e:1"])
    assert post.standing.told(first).untold == others
    assert post.standing.told(others[0]).untold == [first, *others[1:]]
    post.meet(post.standing.term + 1)
    assert post.standing.untold == []


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("wss://b:1", "wss://b:1"),
        ("", ""),
        ("wss://b:1/ws/lab", ""),
        (f"wss://b:1#t={TOKEN}", ""),
        ("nonsense://", ""),
    ],
)
def test_only_an_address_is_a_place(address: str, place: str) -> None:
    """STAND-9"""
    assert place_of(address) == place


def test_a_second_promotion_is_not_overwritten(tmp_path: Path) -> None:
    """STAND-4: when the former primary knows of the first one."""
    write_standing(tmp_path, Standing(State.STANDBY, 1, "ws://first"))
    promote(tmp_path)
    post = Post(tmp_path, KEY)
    promote(tmp_path)
    after = read_standing(tmp_path)
    post.note_told("ws://first")
    assert (post.standing.term, post.standing.untold) == (2, [])
    assert read_standing(tmp_path).term == after.term > 2
    assert read_standing(tmp_path).untold == []
