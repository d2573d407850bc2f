"""Sentences about an invite."""

from __future__ import annotations

from optiverse_collab.wording import inviting


def test_names_of_others_are_printable() -> None:
    assert "'bench\\n2'" in inviting.whoever_has_it("bench\n2")
    assert inviting.network("Wi\nFi", "192.0.2.7") == "192.0.2.7 (Wi\\nFi)"


def test_an_invite_is_named_after_its_maker() -> None:
    assert inviting.label("Zoë") == "Link of Zoë"


def test_without_an_invite_the_reason_comes_first() -> None:
    assert inviting.without_invite("Tokens are off.") == (
        "Tokens are off. The link leads to the session, without an invite."
    )
