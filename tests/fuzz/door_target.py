"""The entrance of a server: requests with all sorts of tokens, and requests about access (ACC)."""

from __future__ import annotations

import json
from collections.abc import Coroutine, Iterator, Sequence
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from websockets.datastructures import Headers

from optiverse_collab.core.access import Role
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.access import GrantKind, Request
from optiverse_collab.core.protocol.address import Place
from optiverse_collab.core.protocol.codec import decode_client, decode_server, encode
from optiverse_collab.core.protocol.message import Message
from optiverse_collab.core.server import access
from optiverse_collab.core.server.effects import ManageAccess
from optiverse_collab.errors import MessageRefused
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.access.grants import EVERY_SESSION, Grants, StoredGrant, Visit
from optiverse_collab_server.access.requests import AccessRequests
from optiverse_collab_server.access.tokens import hash_of, new_token
from optiverse_collab_server.outbox import Frame
from tests.fuzz.faults import Fault, no_other_error
from tests.fuzz.texts import Texts

T = TypeVar("T")

SESSIONS = ("bench", "other")

SPELLINGS = {
    "Bearer {}": True,
    "bearer {}": True,
    "  BEARER   {} ": True,
    "Bearer {}x": False,
    "Bearer {} {}": False,
    "Bearer\t{}": False,
    "Bearer": False,
    "Basic {}": False,
    "{}": False,
    "": False,
    "Bearer {}=": False,
}
"""Ways to write a token, and whether each one shows the token."""

HOSTS = {
    ("localhost:8765",): True,
    ("127.0.0.1",): True,
    ("[::1]:8765",): True,
    ("evil.example",): False,
    ("localhost.evil.example",): False,
    ("127.0.0.1.evil.example:1",): False,
    ("[::1",): False,
    ("[]",): False,
    ("",): False,
    (): False,
    ("localhost", "evil.example"): False,
}
"""Values of the ``Host`` header, and whether each one names only this machine."""

PROXIES = ("Forwarded", "X-FORWARDED-For", "x-forwarded-anything", "Via", "x-Real-IP")

ADDRESSES = {"127.0.0.1": True, "::1": True, "::1%lo": True, "10.0.0.7": False, "": False, "localhost": False}


class Book(GrantBook):
    """A grant book that stores nothing and answers at once."""

    async def look_again(self) -> None:
        """Nobody else writes."""

    async def _store(self, grants: list[StoredGrant], forgotten: list[str] | None = None) -> None:
        for id in forgotten or []:
            self.grants.forget(id)
        for grant in grants:
            self.grants.put(grant)


class NoKeeper:
    """Replaces what stores the grants."""

    async def write(self, grants: Sequence[StoredGrant], forgotten: Sequence[str] = ()) -> None:
        """Write nothing."""

    async def load_since(self, version: int) -> None:
        """Load nothing."""

    async def close(self, seconds: float) -> None:
        """Close nothing."""


class Asker:
    """Replaces a connection, and records its messages."""

    def __init__(self, grant: str) -> None:
        self.id, self.name, self.grant = "c1", "somebody", grant
        self.texts: list[str] = []
        self.outbox = self

    def send(self, frame: Frame) -> None:
        """Record a message."""
        self.texts.append(frame.payload.decode())

    def send_pages(self, pages: Iterator[Message]) -> None:
        """Record pages."""
        self.texts += map(encode, pages)

    async def pages_sent(self) -> None:
        """The pages are sent at once."""


def finished(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits."""
    try:
        work.send(None)
    except StopIteration as end:
        return cast("T", end.value)
    raise AssertionError("it waits")


class DoorTarget:
    """Feeds the door.

    Args:
        seed: of all random numbers.
    """

    def __init__(self, seed: int) -> None:
        self._texts = Texts(seed)
        self._random = self._texts.random
        self._now_ms = 10**12
        self._book = Book(Grants(), NoKeeper(), lambda: self._now_ms)
        self._tokens: dict[str, str] = {}  # token → id of its grant
        for number, role in enumerate(Role):
            sessions = [*SESSIONS, EVERY_SESSION]
            self._grant(sessions[(number + 2) % 3], role, GrantKind.INVITE)
            self._grant(sessions[(number + 1) % 3], role, GrantKind.DEVICE)
        self._grant("bench", Role.OWNER, GrantKind.DEVICE)
        self._grant(EVERY_SESSION, Role.OWNER, GrantKind.DEVICE)
        self._text = ""

    def feed(self) -> str:
        """Feed one request or message."""
        self._now_ms += self._random.choice([0, 1, 1000, 100_000])
        kind = self._random.choice([self._request, self._ask])
        try:
            with no_other_error(""):
                kind()
        except Fault as fault:
            raise Fault(str(fault), self._text) from fault
        return self._text

    def _grant(self, session: str, role: Role, kind: GrantKind) -> None:
        token, id = new_token(), f"grant {len(self._tokens)}"
        self._tokens[token] = id
        grant = StoredGrant(id, kind, hash_of(token), session, role, "label", self._now_ms)
        self._book.grants.put(grant)

    # Requests

    def _request(self) -> None:
        """A request gets in only with a valid grant (ACC-9, ACC-11)."""
        random, headers = self._random, Headers()
        token = random.choice([*self._tokens, new_token(), ""])
        spellings = random.choices([*SPELLINGS], k=random.choice([0, 1, 1, 1, 1, 1, 2]))
        for spelling in spellings:
            headers[random.choice(["Authorization", "authorization"])] = spelling.format(token, token)
        host, proxy = random.choice([*HOSTS]), random.choice([None, None, None, *PROXIES])
        for one in host:
            headers["Host"] = one
        if random.choice([True, False]):
            headers["Prefer"] = random.choice(["wait", "wait=600, x", "", "x" * 500])
        if proxy is not None:
            headers[proxy] = random.choice(["", "127.0.0.1", "x" * 500])
        address, trusts_own = random.choice([*ADDRESSES]), random.choice([True, False])
        place = Place(random.choice(SESSIONS), random.choice(["Ann", "ü" * 128, "\u202e"]))
        self._text = repr((dict(headers.raw_items()), address, place, trusts_own))
        shows = len(spellings) == 1 and SPELLINGS[spellings[0]]
        grant = self._book.grants.get(self._tokens.get(token, "")) if shows else None
        valid = grant is not None and self._lets_in(grant, place.session_id)
        own = trusts_own and ADDRESSES[address] and HOSTS[host] and proxy is None
        self._check_visit(
            Entrance(self._book, trusts_own), headers, address, place, grant if valid else None, own
        )

    def _check_visit(
        self,
        entrance: Entrance,
        headers: Headers,
        address: str,
        place: Place,
        grant: StoredGrant | None,
        own: bool,
    ) -> None:
        visit = finished(entrance.admit(headers, address, place))
        came_in = isinstance(visit, Visit)
        if grant is not None and grant.knock:
            if came_in:
                raise Fault(f"ACC-12: no owner has let in {visit}", self._text)
            return
        if came_in != (grant is not None or own):
            raise Fault(f"ACC-9: {visit}", self._text)
        if not isinstance(visit, Visit):
            return
        if grant is None:
            if visit != Visit():
                raise Fault(f"ACC-9: a user of this machine came in with {visit.grant}", self._text)
            return
        made = self._book.grants.get(visit.grant)
        if made is None or (made.role, made.expires_ms, made.session) != grant[4:5] + grant[7:8] + grant[3:4]:
            raise Fault(f"ACC-11: {grant} let in {made}", self._text)
        if visit.token:
            self._tokens[visit.token] = made.id
            used = self._book.grants.get(grant.id)
            if grant.uses is not None and (used is None or used.uses != grant.uses - 1):
                raise Fault(f"ACC-11: {grant} was used, and is {used}", self._text)

    def _lets_in(self, grant: StoredGrant, session: str) -> bool:
        in_time = grant.expires_ms is None or grant.expires_ms > self._now_ms
        is_person = grant.role not in (Role.NONE, Role.FOLLOWER)  # servers aren't let in (STAND-1)
        return grant.session in ("", session) and is_person and in_time and grant.uses != 0

    # What participants ask

    def _ask(self) -> None:
        """Only owners change grants, only in sessions that they own, and never the last owner's (ACC-4 to
        ACC-7)."""
        asker = self._random.choice([*self._book.grants])
        message = self._message(asker)
        if message is None or not isinstance(message, Request):
            return
        session = asker.session or self._random.choice(SESSIONS)
        before = {grant.id: grant for grant in self._book.grants}
        connection = Asker(asker.id)
        effect = access.answer("c1", cast("Any", SimpleNamespace(role=asker.role, grant=asker.id)), message)
        if isinstance(effect, ManageAccess):
            entrance = Entrance(self._book, trusts_own=False)
            requests = AccessRequests(session, {"c1": cast("Any", connection)}, entrance, 4096)
            finished(requests._answer(cast("Any", connection), entrance, effect))
        else:
            connection.texts.append(encode(effect.message))
        self._check_answers(connection.texts)
        self._check_changes(asker, session, before)

    def _message(self, asker: StoredGrant) -> Any:
        random = self._random
        request: dict[str, Any] = {"request": random.choice([0, 1, 2**53, -1, 1.5, None])}
        kind = random.choice(["list", "invite", "set", "set", "admit"])
        if kind in ("invite", "set"):
            request["role"] = random.choice([*(role.value for role in Role), "king", None, 1])
            request["expires_s"] = random.choice([0, 1, 1000, 10**9, -1, 2**63, 1.5, None])
        if kind == "invite":
            request |= {
                "label": random.choice(["", "ü" * 256, "x" * 257, None]),
                "uses": random.choice([1, 2, 0, -1]),
                "knock": random.choice([True, False, 1]),
            }
        elif kind == "admit":
            request |= {"knock": random.choice(["k1", "", None]), "admitted": random.choice([True, False, 0])}
        elif kind == "set":
            request["id"] = random.choice([random.choice([*self._tokens.values()]), asker.id, "", "x" * 9000])
        for key in [*request]:
            if random.random() < 0.1:
                del request[key]
        text = json.dumps({"type": f"access:{kind}", **request})
        self._text = self._texts.torn(text) if random.random() < 0.1 else text
        try:
            return decode_client(self._text, Limits())
        except MessageRefused as refused:
            if not str(refused).endswith("."):
                raise Fault(f"no sentence: {refused}", self._text) from None
            return None

    def _check_answers(self, texts: Sequence[str]) -> None:
        for text in texts:
            decode_server(text, Limits())
            told = json.loads(text)
            if told["type"] == "access:invited":
                self._tokens[told.pop("token")] = told["grant"]["id"]
            if len(text) > Limits().message_bytes or any(token in json.dumps(told) for token in self._tokens):
                raise Fault(f"ACC-4: {text}", self._text)

    def _check_changes(self, asker: StoredGrant, session: str, before: dict[str, StoredGrant]) -> None:
        after = {grant.id: grant for grant in self._book.grants}
        changed = [id for id in {**before, **after} if before.get(id) != after.get(id)]
        may = asker.role is Role.OWNER and self._lets_in(asker, session)
        for id in changed:
            grant = after.get(id) or before[id]
            if not may or (grant.session != session and (grant.session, asker.session) != ("", "")):
                raise Fault(f"ACC-6: {asker} changed {before.get(id)} to {after.get(id)}", self._text)
            if len(grant.label) > 256:
                raise Fault(f"ACC-5: {grant}", self._text)
        owners = (grant for grant in after.values() if grant.role is Role.OWNER)
        if changed and not any(self._lets_in(grant, session) for grant in owners):
            raise Fault(f"ACC-7: {asker} left {session} without an owner", self._text)
