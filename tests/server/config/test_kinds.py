"""Which values each kind of setting accepts, as text and from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optiverse_collab_server.config.kinds import COUNT, PATH, PORT, SWITCH, TEXT, Kind, choice

COLOUR = choice("red", "blue")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (TEXT, "lab", "lab"),
        (PATH, "/srv/benches", Path("/srv/benches")),
        (PATH, "~", Path.home()),
        (PORT, "0", 0),
        (PORT, "65535", 65535),
        (COUNT, "0", 0),
        (SWITCH, "True", True),
        (SWITCH, "false", False),
        (COLOUR, "blue", "blue"),
    ],
)
def test_text_becomes_a_value(kind: Kind, text: str, value: object) -> None:
    assert kind.read(text) == value


@pytest.mark.parametrize(
    ("kind", "texts", "needs"),
    [
        (PORT, ["-1", "65536", "http", "8765.0", ""], "a port; give a number from 0 to 65535"),
        (COUNT, ["-1", "1.5", "all", "²", ""], "a number; give 0 or more"),
        (SWITCH, ["", "1", "yes"], "a switch; give true or false"),
        (COLOUR, ["", "green", "Red"], "one of red, blue"),
        (TEXT, [""], "a text; write one between quotes"),
        (PATH, [""], "a path; write one between quotes"),
    ],
)
def test_text_that_will_not_do_is_named_with_what_is_needed(kind: Kind, texts: list[str], needs: str) -> None:
    for text in texts:
        with pytest.raises(ValueError, match="is not") as refused:
            kind.read(text)
        assert str(refused.value) == f"{text!r} is not {needs}"


@pytest.mark.parametrize(
    ("kind", "value"), [(PORT, "8765"), (PORT, True), (PORT, 8765.0), (TEXT, 1), (SWITCH, 1), (PATH, None)]
)
def test_value_of_another_type_will_not_do(kind: Kind, value: Any) -> None:
    with pytest.raises(ValueError, match=f"{value!r} is not {kind.needs}"):
        kind.take(value)


def test_value_of_a_file_is_converted() -> None:
    assert PATH.take("a/b") == Path("a/b")
    assert PORT.take(8765) == 8765
