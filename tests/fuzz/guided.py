"""Let coverage guide the fuzzer, if atheris is installed: ``python -m tests.fuzz.guided room -runs=N``.

Atheris changes bytes so that they reach new code. It doesn't install on every Python and
system, so nothing else here needs it. The options are those of libFuzzer.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main() -> None:
    """Run until a fault, or as long as the options say."""
    atheris: Any = importlib.import_module("atheris")
    name, *options = sys.argv[1:]
    with atheris.instrument_imports(include=["optiverse_collab"]):
        from tests.fuzz.client_target import ClientTarget, true_messages
        from tests.fuzz.room_target import RoomTarget
        from tests.fuzz.texts import Texts

    def room(text: str) -> None:
        target = RoomTarget(0)
        for sender, line in enumerate(text.split("\n")):
            target.take(line, target.someone(sender))

    def client(text: str) -> None:
        target = ClientTarget(0)
        for line in text.split("\n"):
            target.take(line)

    targets: dict[str, Callable[[str], None]] = {"room": room, "client": client}
    take, texts = targets[name], Texts(0)
    first = true_messages() if name == "client" else [texts.from_client("client1") for _ in range(200)]
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(first):
            (Path(folder) / str(number)).write_bytes(text.encode("utf-8", "replace"))
        atheris.Setup([sys.argv[0], *options, folder], lambda data: take(data.decode("utf-8", "replace")))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
