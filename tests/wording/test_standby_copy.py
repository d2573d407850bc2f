"""Sentences about a standby copy."""

from __future__ import annotations

from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.wording import standby_copy as texts

ANA, BEN = Participant("Ana", "a", ""), Participant("Ben", "b", "")


def test_the_host_reads_what_a_copy_means() -> None:
    asked = texts.asked(BEN)
    assert asked.startswith("Ben offers to keep a standby copy of your server, with all its sessions")
    assert "If your computer goes away, they can host." in asked
    assert texts.agreed(BEN) == "Ben's computer keeps a standby copy of your server."
    assert texts.not_allowed(BEN, "Only owners may.").endswith("standby copy: Only owners may.")


def test_the_guest_reads_what_becomes_of_the_offer() -> None:
    assert texts.suggestion(ANA).startswith("If Ana's computer goes away, the session stops.")
    assert texts.offered(ANA) == "You offered Ana to keep a standby copy of the session on this computer."
    assert texts.copying(ANA) == "Ana agrees. The copy is being made."
    assert texts.declined(ANA) == "Ana does not want a standby copy for now."
    assert texts.failed("It broke.") == "There is no standby copy on this computer: It broke."
    assert texts.troubled("It is full.") == "The standby copy on this computer lacks something: It is full."
    assert texts.not_promoted("Disk full.").startswith("This computer can't host the session: Disk full. Try")
