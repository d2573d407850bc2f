"""Tooltips with names that others chose."""

from __future__ import annotations

from optiverse_collab.window.ui.tooltips import plain


def test_markup_shows_as_it_is_written() -> None:
    assert plain("<img src=x> & co\nB") == "<qt>&lt;img src=x&gt; &amp; co<br>B</qt>"


def test_other_text_is_unchanged() -> None:
    assert plain("Ann & 光路\nB") == "Ann & 光路\nB"
