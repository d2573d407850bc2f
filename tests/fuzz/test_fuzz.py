"""Some seconds of fuzzing, and proof that the fuzzer notices faults."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from typing import Any, get_args

import msgspec
import pytest

from optiverse_collab.convert import reading
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol import address, codec
from optiverse_collab.core.protocol.address import Address
from optiverse_collab.core.protocol.messages import ServerMessage
from optiverse_collab.core.record_size import Size
from optiverse_collab.core.records import Op
from optiverse_collab.core.server import access
from optiverse_collab.core.server.conflicts import Judgement
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.names import Name, Names
from optiverse_collab.core.server.versions import Versions
from optiverse_collab_server.access import book, entrance, tokens
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.grants import Grants, StoredGrant
from optiverse_collab_server.standby import copies, messages, sender
from optiverse_collab_server.standby.benches import Benches
from optiverse_collab_server.standby.messages import Bench
from optiverse_collab_server.standby.standing import Post, Standing, State
from tests.fuzz.__main__ import TARGETS, feed
from tests.fuzz.client_target import true_messages
from tests.fuzz.texts import Texts

SOME = {"room": 4000, "client": 6000, "files": 600, "door": 6000, "links": 6000, "follow": 800}


@pytest.mark.parametrize("target", TARGETS)
def test_hostile_input_does_no_harm(target: str) -> None:
    """LIM-5, LIM-10, LIM-13, ACC-4 to ACC-9, ACC-11, LINK-1, LINK-2, DUR-4, STAND-1 to STAND-6, STAND-12."""
    assert feed(target, SOME[target], seed=7) is None


def test_the_same_seed_gives_the_same_input() -> None:
    one, other = Texts(5), Texts(5)
    assert [one.from_client("a") for _ in range(50)] == [other.from_client("a") for _ in range(50)]


def test_a_client_hears_every_kind_of_message() -> None:
    kinds = {kind.__struct_config__.tag for kind in get_args(ServerMessage)}
    assert {json.loads(text)["type"] for text in true_messages()} == kinds


def nothing(*args: Any, **more: Any) -> None:
    """Simulates a missing check."""


def unlimited(history: History, judged: Judgement) -> dict[str, Size]:
    """Simulates a session without limits."""
    return history._sizes.after(history.document.records, judged.records, judged.happened, Limits())


def no_names(names: Names) -> list[Name]:
    """Simulates a server that doesn't store authors."""
    return []


def trusting(session: SessionClient, message: Any) -> list[Any]:
    """Simulates code that trusts a server's messages."""
    return [session.participants[message.connection_id]]


async def takes_any_bench(self: Benches, message: Bench) -> None:
    """Simulates a standby that takes benches for which it has not asked."""
    with contextlib.suppress(KeyError):
        await self._store.keep(message.session, message.clock, message.head, [])


def unchecked(versions: Versions, ops: Sequence[Op], *rest: object) -> Sequence[Op]:
    """Simulates a server that believes what clients say about versions."""
    return ops


def everything(*args: Any, **more: Any) -> bool:
    """Simulates a check that everything passes."""
    return True


def all_grants(book: GrantBook, session: str, by: str) -> list[StoredGrant]:
    """Simulates a server on which every session has the same owners."""
    return [*book.grants]


async def finds_all(*args: Any) -> bool:
    """Simulates a check that everything passes, and that takes time."""
    return True


def deposed(post: Post, term: int, address: str = "") -> bool:
    """Simulates a server that believes everybody who comes."""
    post.standing = Standing(State.DEPOSED, term)
    return True


FAULTS: list[tuple[str, str, object, str, Any]] = [
    ("room", "ACC-8", access, "check_right", nothing),
    ("room", "LIM-6", History, "_check_result", unlimited),
    ("room", "HIST-11", Versions, "completed", unchecked),
    ("room", "AttributeError", codec, "_refuse_syntax", nothing),
    ("room", "DUR-4", Names, "take_new", no_names),
    ("client", "KeyError", SessionClient, "_hear_away", trusting),
    ("files", "ChangeRefused", reading, "check_change", nothing),
    ("door", "ACC-9", tokens, "is_loopback", everything),
    ("door", "ACC-9", entrance, "is_forwarded", nothing),
    ("door", "ACC-6", book, "refusal", nothing),
    ("door", "ACC-6", GrantBook, "manageable", all_grants),
    ("door", "ACC-7", Grants, "has_owner", everything),
    ("links", "LINK-2", Address, "remembered", Address.link),
    ("links", "LINK-1", address, "_quoted", repr),
    ("follow", "STAND-6", sender, "is_beginning", finds_all),
    ("follow", "STAND-3", copies, "check_name", nothing),
    ("follow", "STAND-4", Post, "meet", deposed),
    ("follow", "STAND-12", Benches, "take", takes_any_bench),
    ("follow", "DecodeError", messages, "_decoded", msgspec.msgpack.Decoder.decode),
]


@pytest.mark.parametrize(("target", "rule", "where", "name", "instead"), FAULTS)
def test_a_missing_check_is_noticed(
    target: str,
    rule: str,
    where: object,
    name: str,
    instead: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(where, name, instead)
    assert rule in str(feed(target, 5 * SOME[target], seed=7))
