"""Hostile text: messages of a client or a server, distorted at random places."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

_IDS = ["a", "b", "c", "lens", "", "\u0000", "ü", "x" * 128, "y" * 129, "__proto__"]
_NAMES = ["pos", "name", "parent", "order", "z_value", "type", "", "n" * 128, "n" * 129]
_NUMBERS = [
    0,
    1,
    2,
    3,
    -1,
    7,
    2**31,
    2**53,
    2**53 + 1,
    2**63 - 1,
    2**63,
    2**64,
    -(2**63) - 1,
    1.5,
    -0.0,
    1e308,
    5e-324,
]
_TEXTS = [
    "",
    "a",
    "lens",
    "none",
    "owner",
    "viewer",
    "bench",
    "talk",
    "meta",
    "ü\u202e",
    "\ufeff",
    "x" * 300,
    "y" * 5000,
]
_LANES = ["bench", "talk", "meta", "other"]
_RAW = [
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "01",
    "'a'",
    "[[[[",
    "{",
    '"\\ud800"',
    '"\\u0000"',
    "tru",
    "\u2028",
]


class Texts:
    """Makes hostile texts from a seed.

    Args:
        seed: the same seed gives the same texts.

    Attributes:
        clock: the newest known clock of the session; the texts often use numbers near it.
        epoch, head: of the session's history.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.clock = 0
        self.epoch, self.head = "epoch", ""
        self._numbers: dict[str, int] = {}

    def from_client(self, sender: str) -> str:
        """One message of a client, in most cases almost valid."""
        return self._bent(self._message(sender))

    def from_server(self, true: list[str]) -> str:
        """One message of a server: one of `true`, distorted."""
        return self._bent(json.loads(self.random.choice(true)))

    # Almost valid parts

    def _message(self, sender: str) -> dict[str, Any]:
        kinds: list[tuple[float, Callable[[str], dict[str, Any]]]] = [
            (12, self._push),
            (2, self._sync),
            (3, self._presence),
            (2, lambda _: {"type": "have", "clock": self._near_clock()}),
            (1, lambda _: {"type": "ping", "user_id": self._text()}),
            (1, lambda _: {"type": "past:request", "request": self._number(), "clock": self._near_clock()}),
            (1, self._entries),
            (1, self._access),
            (0.5, self._parcels),
        ]
        weights = [weight for weight, _ in kinds]
        return self.random.choices(kinds, weights)[0][1](sender)

    def _entries(self, sender: str) -> dict[str, Any]:
        span = {"after": self._near_clock(), "until": self._near_clock(), "since_ms": self._number()}
        wanted = {name: value for name, value in span.items() if self._often()}
        return {"type": "entries:request", "request": self._number(), **wanted}

    def _parcels(self, sender: str) -> dict[str, Any]:
        head = {"before": self.head, "head": self.head, "signature": "00" * 16}
        parcel = {"type": "parcel", "epoch": self.epoch, "after": self._near_clock(), **head}
        parcel |= {
            "clock": self._near_clock(),
            "packed": self.random.choice(["", "eJyLjtWJjgUABo0CKQ==", "?"]),
        }
        return {"type": "parcels:return", "clock": self._near_clock(), "parcels": [parcel] * self._few()}

    def _push(self, sender: str) -> dict[str, Any]:
        return {"type": "push", "changes": [self._change(sender) for _ in range(self._few())]}

    def _change(self, sender: str) -> dict[str, Any]:
        number = self._numbers.get(sender, 0) + self.random.choice([1, 1, 1, 1, 1, 0, -1, 2, 1000])
        self._numbers[sender] = max(1, number)
        change: dict[str, Any] = {"client_clock": number, "ops": [self._op() for _ in range(self._few())]}
        if self._often():
            change["seen"] = self._near_clock()
        if self._seldom():
            change["yield"] = self.random.choice([True, False])
        if self._seldom():
            change["step"] = self.random.choice(["drag", "sweep:1", "restore:1", self._text()])
        return change

    def _op(self) -> dict[str, Any]:
        if self.random.random() < 0.05:
            return self._version()
        id = self.random.choice(_IDS[:4]) if self._often() else self._any_id()
        kind = self.random.choices(["put", "set", "remove", "move"], [5, 9, 3, 0.2])[0]
        op: dict[str, Any] = {"op": kind, "id": id}
        if kind == "put":
            op |= {"kind": self.random.choice(["component", "group", self._text()]), "props": self._props()}
            if self._seldom():
                op["lane"] = self.random.choice(_LANES)
        elif kind == "set":
            op["props"] = self._props()
            if self._seldom():
                op["unset"] = [self.random.choice(_NAMES) for _ in range(self._few())]
        return op

    def _version(self) -> dict[str, Any]:
        """An operation on a version, most of them forged (HIST-11)."""
        said = {"clock": self._near_clock(), "why": self._text(), "by": self._text(), "time_ms": 1}
        props = {name: value for name, value in said.items() if self._seldom()}
        if self._often():
            props["name"] = self.random.choice(["good", "Good", "12", self._text(), self._value()])
        id = self.random.choice(["v", "w", "version:1"])
        if self._often():
            return {"op": "put", "id": id, "kind": "version", "lane": "meta", "props": props}
        return {"op": "set", "id": id, "props": props, "unset": [name for name in said if self._seldom()]}

    def _props(self) -> dict[str, Any]:
        names = _NAMES[:5] if self._often() else _NAMES
        return {self.random.choice(names): self._value() for _ in range(self._few())}

    def _sync(self, sender: str) -> dict[str, Any]:
        request: dict[str, Any] = {
            "type": "sync:request",
            "client_id": self.random.choice([sender, sender, self._id()]),
        }
        if self._often():
            request |= {
                "epoch": self.random.choice([self.epoch, self.epoch, None, "other"]),
                "clock": self._near_clock(),
            }
            request["head"] = self.random.choice([self.head, "", "00" * 16])
        if self._seldom():
            request["settles"] = [self._id() for _ in range(self._few())]
        if self._seldom():
            request["lanes"] = self.random.sample(_LANES[:3], self.random.randint(0, 3))
        if self._seldom():
            position = {"clock": self._near_clock(), "head": self.random.choice([self.head, self._text()])}
            request["signed"] = {**position, "time": self._text(), "signature": self._text()}
        return request

    def _presence(self, sender: str) -> dict[str, Any]:
        state = {
            self.random.choice(["cursor", "selection", "hosts", self._text()]): self._value()
            for _ in range(self._few())
        }
        return {"type": "presence", "state": state}

    def _access(self, sender: str) -> dict[str, Any]:
        kind = self.random.choice(["list", "invite", "set", "admit"])
        request: dict[str, Any] = {"type": f"access:{kind}", "request": self._number()}
        if kind != "list":
            request |= {
                "role": self._text(),
                "id": self._id(),
                "expires_s": self._number(),
                "uses": self._number(),
                "knock": self.random.choice([True, self._id()]),
                "admitted": self.random.choice([True, False, None]),
            }
        return request

    # Invalid parts

    def _bent(self, message: Any) -> str:
        chance = self.random.random()
        if chance < 0.5:
            return json.dumps(message)
        if chance < 0.8:
            for _ in range(self._few()):
                message = self._with_a_part_bent(message)
            return json.dumps(message)
        text = json.dumps(message)
        if chance < 0.83:
            return "[" * self.random.randint(1, 2000)
        return self.torn(text)

    def _with_a_part_bent(self, value: Any) -> Any:
        """`value` with a part replaced, removed, doubled or added."""
        if isinstance(value, dict) and value and self._often():
            key = self.random.choice([*value])
            return {**value, key: self._with_a_part_bent(value[key])}
        if isinstance(value, list) and value and self._often():
            place = self.random.randrange(len(value))
            return [*value[:place], self._with_a_part_bent(value[place]), *value[place + 1 :]]
        if isinstance(value, dict):
            less = {key: part for key, part in value.items() if self.random.random() < 0.8}
            return self.random.choice([less, {**value, self._text(): self._value()}, self._value()])
        if isinstance(value, list):
            return self.random.choice([value * 2, value[1:], [*value, self._value()], self._value()])
        return self._value()

    def torn(self, text: str) -> str:
        """A text with a piece cut out or inserted."""
        at, to = sorted((self.random.randrange(len(text) + 1), self.random.randrange(len(text) + 1)))
        put = self.random.choice([*_RAW, "", chr(self.random.randrange(0xD800)), text[at:to] * 2])
        return self.random.choice([text[:at], text[:at] + put + text[at:], text[:at] + put + text[to:]])

    # Parts

    def _value(self, depth: int = 0) -> Any:
        kind = self.random.random()
        if kind < 0.4 or depth > 40:
            return self._number()
        if kind < 0.6:
            return self._text()
        if kind < 0.7:
            return self.random.choice([None, True, False])
        if kind < 0.72:
            return self._nested(self.random.choice([31, 32, 33, 100]))
        if kind < 0.87:
            return [self._value(depth + 1) for _ in range(self._few())]
        return {self._text(): self._value(depth + 1) for _ in range(self._few())}

    def _nested(self, depth: int) -> Any:
        value: Any = 1
        for _ in range(depth):
            value = [value] if self.random.random() < 0.5 else {"k": value}
        return value

    def _number(self) -> int | float:
        return self.random.choice(_NUMBERS) if self._often() else self.random.randint(-1000, 1000) / 8

    def _text(self) -> str:
        return self.random.choice(_TEXTS[:9]) if self._often() else self.random.choice(_TEXTS)

    def _any_id(self) -> str:
        return self.random.choice([*_IDS, *(f"r{number}" for number in range(20))])

    def _id(self) -> str:
        return self.random.choice(_IDS) if self._seldom() else f"client{self.random.randint(0, 9)}"

    def _near_clock(self) -> int:
        return self.random.choice([0, 1, self.clock, self.clock, self.clock - 1, self.clock + 1, 2**53, -1])

    def _few(self) -> int:
        return self.random.choice([0, 1, 1, 1, 2, 3, 8])

    def _often(self) -> bool:
        return self.random.random() < 0.85

    def _seldom(self) -> bool:
        return self.random.random() < 0.15
