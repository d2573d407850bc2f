"""Files and links from strangers: benches, replicas, invite links, paths of requests."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from optiverse_collab.convert import bench_from_records, records_from_bench
from optiverse_collab.core.checks import check_change
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.address import parse_address, parse_path
from optiverse_collab.core.records import Put, Record
from optiverse_collab.disk.file_format import MAGIC, NewerFormat, Owner, Unreadable, new_file, read
from optiverse_collab.disk.frames import Frames
from optiverse_collab.errors import AddressError, BenchFileError
from tests.fuzz.faults import Fault, no_other_error
from tests.fuzz.texts import Texts

_BENCHES = Path(__file__).parents[1] / "data"
_LINK = "wss://lab.example:8765/ws/bench%201#t=AAAAAAAAAAAAAAAAAAAAAA&pin=" + "A" * 43


class FilesTarget:
    """Reads distorted files.

    Args:
        seed: of all random numbers.
    """

    def __init__(self, seed: int) -> None:
        self._texts = Texts(seed)
        self._random = self._texts.random
        names = ("bench_small.json", "bench_layers.json", "bench_old_format.json")
        self._benches = [(_BENCHES / name).read_text("utf-8") for name in names]
        self._replica = _replica()
        self._readers: list[Callable[[], str]] = [self._bench, self._saved_replica, self._link, self._path]

    def feed(self) -> str:
        """Feed one file or link."""
        return self._random.choice(self._readers)()

    def _bench(self) -> str:
        text = self._texts.from_server(self._benches)
        with no_other_error(text):
            try:
                bench = json.loads(text)
            except (ValueError, RecursionError):
                return text
            self._import(bench)
        return text

    def _import(self, bench: Any) -> None:
        """Every readable file can be shared, written and read again."""
        try:
            records = records_from_bench(bench).records
        except BenchFileError:
            return
        for record in records.values():
            check_change([Put(record.id, record.kind, record.props)], Limits())
        records_from_bench(json.loads(json.dumps(bench_from_records(records))))

    def _saved_replica(self) -> str:
        data = bytearray(self._replica)
        for _ in range(self._random.randint(1, 4)):
            data[self._random.randrange(len(data))] = self._random.randrange(256)
        cut = self._random.choice([len(data), self._random.randrange(len(data))])
        with no_other_error(data.hex()), contextlib.suppress(Unreadable, NewerFormat):
            read(bytes(data[:cut]))
        return data.hex()

    def _link(self) -> str:
        return self._read_as_address(parse_address, _LINK)

    def _path(self) -> str:
        return self._read_as_address(parse_path, "/ws/bench%201/Zo%C3%AB?x")

    def _read_as_address(self, parse: Callable[[str], object], true: str) -> str:
        text = _torn(self._random, true)
        with no_other_error(text):
            try:
                parse(text)
            except AddressError as error:
                if not str(error).endswith("."):
                    raise Fault(f"no sentence: {error}", text) from None
        return text


def _torn(chance: random.Random, text: str) -> str:
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        put = chance.choice(
            [
                "%",
                "#",
                "&",
                "/",
                "//",
                "@",
                ":",
                "%2F",
                "%00",
                "\0",
                "\ud800",
                "ü",
                "[",
                "]",
                "?",
                " ",
                "=",
                "\\",
            ]
        )
        text = text[:at] + put + text[at + chance.randint(0, 3) :]
    return text


def _replica() -> bytes:
    records = [Record(f"r{number}", "component", {"x": number}) for number in range(20)]
    saved = Saved(["one", "two"], "epoch", 7, "00" * 16, records, [], {}, accepted=True)
    owner = Owner("lab", ["ws://localhost:8765"], "Ann")
    return b"".join(new_file(owner, saved, Frames(MAGIC)))
