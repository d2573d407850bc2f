"""Where a connection wants to go: MSG-4 of docs/protocol.md."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab_server.paths import PathRefused, Place, parse_path


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("", "connect a WebSocket"),
        ("/ws/a/b/", "connect a WebSocket"),
        ("/ws//b", "session is empty"),
        ("/ws/a/", "user is empty"),
        ("/ws/%ff/b", "not UTF-8"),
        (f"/ws/a/{'x' * 129}", "129 characters"),
    ],
)
def test_refused_with_a_sentence(path: str, word: str) -> None:
    with pytest.raises(PathRefused, match=word) as refusal:
        parse_path(path, Limits())
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    "name", ["DESKTOP-X", "a/b", "a%2Fb", "Zoë ☃", "?", "#", "..", "x" * 128, "a\nb", "‮"]
)
def test_names_are_any_unicode(name: str) -> None:
    path = f"/ws/{quote(name, safe='')}/{quote(name, safe='')}"
    assert parse_path(path, Limits()) == Place(name, name)
    assert parse_path(path + "?token=x", Limits()) == Place(name, name)
