"""Sentences about edits on the user's own disk."""

from __future__ import annotations

from optiverse_collab.wording import disk


def test_sentences() -> None:
    assert disk.waiting(1, sent=0) == "1 edit waits for the server; it will be sent when you join again."
    assert disk.waiting(3, sent=2) == "3 edits wait for the server; they will be sent when you join again."
    assert disk.waiting(1, sent=1) == (
        "The server has not confirmed 1 edit yet; if need be, it will be sent when you join again."
    )
    kept = disk.not_loaded("lab", "The disk is full; free some space on it.")
    assert kept == (
        "This computer's copy of session 'lab' can't be read now. The disk is full; free some space on it."
    )
    assert disk.behind("then", 2, "/copy.json") == (
        "The server was restored from a backup of then, or a standby took over then. It lacks the last 2 "
        "changes that this computer had of the session. A copy of the bench with them was saved. To bring "
        "them back, leave the session, open that copy, join again and merge it: /copy.json"
    )
    full = disk.unprotected("The disk is full; free some space on it.")
    assert full == "Edits are not protected against a crash. The disk is full; free some space on it."
