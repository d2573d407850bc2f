"""Tooltips with names that others chose: Qt would take markup in them for markup."""

from __future__ import annotations

import html


def plain(text: str) -> str:
    """A tooltip that shows a text unchanged."""
    return f"<qt>{html.escape(text)}</qt>".replace("\n", "<br>") if "<" in text else text
