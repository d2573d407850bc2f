"""Markdown that reads as it was meant, whatever people call their things."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from optiverse_collab.core.text import printable
from optiverse_collab.report.markdown import image, link, plain, table

READER = MarkdownIt("commonmark").enable("table")

HOSTILE = [
    "a | b",
    "`x`",
    "[a](http://b)",
    "![a](b)",
    "<script>alert(1)</script>",
    "&lt;b&amp;",
    "**bold** __bold__ ~~gone~~ $x^2$ @ann #1 {.x}",
    "http://a.b www.a.b mailto:a@b.c",
    "-- --- ... \\",
    "a\\|b\\\\|c",
    "\u202eabc\u0000\n\r\t",
    "= + - 1. # >",
    "עברית عربى 光路",
    "[^1] ]( )",
]


def shown(text: str) -> list[Token]:
    """What is in the lines of a text."""
    return [child for token in READER.parse(text) for child in token.children or ()]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_text(name: str) -> None:
    tokens = shown(f"x {plain(name)} x")
    assert {token.type for token in tokens} <= {"text", "text_special"}
    assert "".join(token.content for token in tokens) == f"x {printable(name)} x"


def test_what_looks_like_a_link_or_a_dash_is_escaped() -> None:
    """GitHub and pandoc make links and dashes of text, which the reader above does not."""
    assert plain("http://a.b") == "http\\://a.b"
    assert plain("www.a.b") == "www\\.a.b"
    assert plain("a--b...") == "a\\-\\-b\\.\\.\\."
    assert plain("(-1.5, 2-3) 0.5") == "(-1.5, 2-3) 0.5"


@given(st.text(min_size=1))
def test_any_name_is_text_in_a_table(name: str) -> None:
    """The spaces around it are the cell's."""
    found = READER.parse(table([("A", 3), ("B", 5)], [("x", f'"{plain(name)}"'), ("", plain(name))]))
    assert [token.type for token in found].count("td_open") == 4
    [_, _, x, quoted, empty, bare] = [token for token in found if token.type == "inline"]
    assert x.content == "x"
    assert empty.content == ""
    assert "".join(one.content for one in quoted.children or ()) == f'"{printable(name)}"'
    assert "".join(one.content for one in bare.children or ()) == printable(name).strip(" ")


@pytest.mark.parametrize(
    "target", ["wss://[::1]:8765/ws/a#clock=1&item=M%7C3", "wss://a)b(<c>|`", "day.svg", "a%20b.svg"]
)
def test_a_link_leads_where_it_says(target: str) -> None:
    found = READER.parse(table([("A", 3)], [(link("a|b]", target),)]))
    [opened] = [child for token in found for child in token.children or () if child.type == "link_open"]
    assert opened.attrs["href"] == MarkdownIt().normalizeLink(target)
    [picture] = [token for token in shown(image("a]", target)) if token.type == "image"]
    assert picture.attrs["src"] == MarkdownIt().normalizeLink(target)


def test_columns_are_as_wide_as_wanted() -> None:
    assert table([("A", 3), ("B", 5)], [("1", "2")]) == "| A | B |\n| --- | ----- |\n| 1 | 2 |"
