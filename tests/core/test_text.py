"""Text on one line, whatever it contains."""

from __future__ import annotations

import pytest

from optiverse_collab.core.text import cut, printable, unmarked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë ☃ 光路", "Zoë ☃ 光路"),
        ("a\n12:00:00 forged", "a\\n12:00:00 forged"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("abc\u202egnp.exe", "abc\\u202egnp.exe"),
        ("\r\t\x00\u2028", "\\r\\t\\x00\\u2028"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_cannot_be_printed_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<img src=//evil/x.png> & co\nB", "<qt>&lt;img src=//evil/x.png&gt; &amp; co<br>B</qt>"),
        ("Ann & 光路\nB", "Ann & 光路\nB"),
    ],
)
def test_markup_shows_unchanged(text: str, shown: str) -> None:
    """A name must not make Qt load anything."""
    assert unmarked(text) == shown


@pytest.mark.parametrize(("text", "shown"), [("", ""), ("abcd", "abcd"), ("abcde", "abc…")])
def test_long_text_is_cut(text: str, shown: str) -> None:
    """The ellipsis counts, too."""
    assert cut(text, 4) == shown
