"""What participants say to peers: the same bench and the same drags, as each peer's own client sends them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from benchmarks.bench import CHANGES_PER_PUSH, component, component_id
from benchmarks.dialects import Question
from benchmarks.peers import updates
from benchmarks.peers.updates import sized, text
from benchmarks.wire import binary_frame, handshake, text_frame


class Yjs:
    """The protocol of y-websocket. A bench is a map of maps, and a drag sets one key."""

    echoes = True
    confirms = False
    prefix = b""
    """What is before each message."""

    def request(self, number: int) -> bytes:
        """The room is the path."""
        return handshake("/bench")

    def opening(self, number: int) -> Iterator[Question]:
        """Ask with the state of an empty document, and get all of it."""
        yield Question(self._sync(b"\x00" + sized(b"\x00")), self.prefix + b"\x00\x01")

    def bench(self, components: int, sources: int = 0) -> Iterator[tuple[int, Question]]:
        """Put it in by updates of a client of its own, so that editors begin at 0."""
        for part in _parts(components):
            update = updates.put(part.start, part)
            yield 0, Question(self._sync(b"\x02" + sized(update)), updates.last_id(part))

    def edit(self, number: int, clock: int, component: int) -> bytes:
        """An update that replaces the position."""
        return self._sync(b"\x02" + sized(updates.move(number, clock, component)))

    def numbers(self, message: bytes) -> list[int]:
        """In whatever updates."""
        return updates.numbers(message)

    def _sync(self, message: bytes) -> bytes:
        return binary_frame(self.prefix + b"\x00" + message)


class Hocuspocus(Yjs):
    """The protocol of Hocuspocus: that of y-websocket, with a document's name and a token first."""

    prefix = text("bench")

    def request(self, number: int) -> bytes:
        """The document is named in messages."""
        return handshake("/")

    def opening(self, number: int) -> Iterator[Question]:
        """Send a token; without a hook, the server takes any."""
        authentication = self.prefix + b"\x02"
        yield Question(binary_frame(authentication + b"\x00" + text("token")), authentication + b"\x02")
        yield from super().opening(number)


class Tldraw:
    """Version 8 of tldraw's protocol. A component is a record, and a drag patches it."""

    echoes = False  # the author learns that its push was taken, not what was in it
    confirms = False

    _POSITION = re.compile(rb'"pos":\["patch",\{"0":\["put",(\d+)\.25\]')

    def request(self, number: int) -> bytes:
        """There is one room."""
        return handshake("/")

    def opening(self, number: int) -> Iterator[Question]:
        """Connect with a schema like the server's, and get all records."""
        connect = {
            "type": "connect",
            "connectRequestId": f"request {number}",
            "lastServerClock": 0,
            "protocolVersion": 8,
            "schema": {"schemaVersion": 2, "sequences": {}},
        }
        yield Question(_json(connect), b'"hydrationType"')

    def bench(self, components: int, sources: int = 0) -> Iterator[tuple[int, Question]]:
        """Push it in pages."""
        for clock, part in enumerate(_parts(components), 1):
            diff = {f"component:{component_id(number)}": ["put", _record(number)] for number in part}
            push = {"type": "push", "clientClock": clock, "diff": diff}
            yield clock, Question(_json(push), b'"push_result","clientClock":%d,' % clock)

    def edit(self, number: int, clock: int, component: int) -> bytes:
        """A push of one patch: the first number of the position, as the client finds what differs."""
        patch = ["patch", {"pos": ["patch", {"0": ["put", number + 0.25]}]}]
        diff = {f"component:{component_id(component)}": patch}
        return _json({"type": "push", "clientClock": clock, "diff": diff})

    def numbers(self, message: bytes) -> list[int]:
        """In whatever patches."""
        return [int(number) for number in self._POSITION.findall(message)]


def _parts(components: int) -> Iterator[range]:
    """The numbers of components, in pages as our server gets them."""
    for first in range(0, components, CHANGES_PER_PUSH):
        yield range(first, min(first + CHANGES_PER_PUSH, components))


def _record(number: int) -> dict[str, Any]:
    return {
        "id": f"component:{component_id(number)}",
        "typeName": "component",
        **component(number)["props"],
    }


def _json(message: object) -> bytes:
    return text_frame(json.dumps(message, separators=(",", ":")).encode())
