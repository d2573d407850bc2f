"""The right to append to a shared log (OWN rules)."""

from __future__ import annotations

from optiverse_collab.core.server.ownership import End, Next, Owner


def test_an_answer_with_a_number_ends_the_write() -> None:
    """OWN-2"""
    owner = Owner("a", 4)
    assert owner.begin(1) is Next.APPEND
    assert owner.answered(9) is Next.DONE
    assert owner.last == 9


def test_without_an_answer_the_end_is_read() -> None:
    """OWN-3: until there is one."""
    owner = Owner("a", 4)
    owner.begin(1)
    assert owner.answered(None) is Next.READ
    assert owner.read(None) is Next.READ
    assert owner.read(End(5, "a", 1)) is Next.DONE
    assert owner.last == 5


def test_what_is_not_in_the_log_is_appended_again() -> None:
    """OWN-3: an old answer changes nothing either."""
    owner = Owner("a", 4)
    owner.begin(2)
    owner.answered(None)
    assert owner.read(End(4, "a", 1)) is Next.APPEND
    owner.answered(None)
    assert owner.read(End(3, "b", 7)) is Next.APPEND
    assert owner.last == 4


def test_an_empty_log_is_begun_by_one_server() -> None:
    """OWN-1"""
    ann, bob = Owner("a", 0), Owner("b", 0)
    ann.begin(1)
    bob.begin(1)
    assert ann.read(End(0, "", 0)) is Next.APPEND
    assert ann.answered(1) is Next.DONE
    assert bob.answered(None) is Next.READ
    assert bob.read(End(1, "a", 1)) is Next.DEPOSED


def test_a_record_of_another_deposes_for_good() -> None:
    """OWN-4"""
    owner = Owner("a", 4)
    owner.begin(1)
    owner.answered(None)
    assert owner.read(End(5, "b", 1)) is Next.DEPOSED
    assert owner.is_deposed
    assert owner.begin(2) is Next.DEPOSED


def test_an_earlier_write_of_the_same_run_is_not_this_one() -> None:
    """OWN-3: a run that gave up a log and took it again has two owners of it."""
    owner = Owner("a", 4)
    owner.begin(7)
    owner.answered(None)
    assert owner.read(End(5, "a", 6)) is Next.DEPOSED


def test_what_is_given_up_is_never_written() -> None:
    """OWN-6: whatever a late answer says."""
    owner = Owner("a", 4)
    owner.begin(1)
    owner.give_up()
    assert owner.answered(5) is Next.DEPOSED
    assert owner.read(End(5, "a", 1)) is Next.DEPOSED
    assert owner.begin(2) is Next.DEPOSED
