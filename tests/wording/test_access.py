"""Sentences about access and roles."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.wording import access


@pytest.mark.parametrize(
    ("withheld", "role", "text"),
    [
        (0, Role.VIEWER, "View only"),
        (0, Role.COMMENTER, "Comment only"),
        (1, Role.VIEWER, "1 edit not sent: you may only view"),
        (3, Role.COMMENTER, "3 edits not sent: you may only comment"),
    ],
)
def test_lasting_state(withheld: int, role: Role, text: str) -> None:
    assert access.view_only(withheld, role) == text


@pytest.mark.parametrize(
    ("owners", "whom"),
    [
        ([], "an owner"),
        (["Ana"], "Ana"),
        (["Ana", "Ben"], "Ana or Ben"),
        (["Ana", "Ben", "Cid"], "an owner"),
        (["A\nna"], "A\\nna"),
    ],
)
def test_whom_to_ask(owners: list[str], whom: str) -> None:
    """Other people's names are made printable."""
    denied = access.denied(Role.VIEWER, owners)
    assert denied.startswith("You may only view this session, so your edit was undone; ")
    assert denied.endswith(f"; ask {whom} for the right to edit.")
    assert access.view_only_more(owners, 0) == f"Ask {whom} for the right to edit."
    assert "kept on this computer" in access.view_only_more(owners, 2)


def test_commenter_may_do_a_little_more() -> None:
    assert access.denied(Role.COMMENTER, []).startswith("You may only comment on this session")


@pytest.mark.parametrize("role", Role)
def test_every_change_of_a_role_has_a_sentence(role: Role) -> None:
    assert access.changed("Ana", role, is_me=False).startswith("Ana ")
    assert access.changed("Ana", role, is_me=True).startswith("You ")
    assert role in access.ROLES


def test_owners_are_those_who_are_here() -> None:
    people = [Participant("Ana", "c1", "", role=Role.OWNER), Participant("Ben", "c2", "", role=Role.VIEWER)]
    assert access.owners_of(people) == ["Ana"]


def test_end_of_access_has_its_time() -> None:
    assert access.ends(datetime(2025, 3, 1, 14, 5, tzinfo=timezone.utc)) == "Your access ends at 14:05"


def test_files_with_edits() -> None:
    assert access.given("/tmp/a.edits").startswith("✓ Your edits were saved: /tmp/a.edits. ")
    assert access.imported(1, "Bo\tb") == "✓ 1 edit by Bo\\tb was listed for you to decide."
    assert access.imported(2, "Bob") == "✓ 2 edits by Bob were listed for you to decide."


def test_who_is_removed_is_named() -> None:
    assert access.removed("A\nna") == "You removed A\\nna from the session."
    assert access.let_back_in("bot (script)") == "bot (script) may come in again."
