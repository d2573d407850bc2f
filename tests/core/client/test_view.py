"""The user's view: the confirmed document with pending changes on top (REP-1, REP-4, REP-6, REP-10)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.effects import MetaChanged, ShowChange
from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.client.view import Views, rehearse, show, shown
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.records import Lane, Op, Put, Record, Remove, Set
from optiverse_collab.errors import ChangeRefused, Reason

LENS = Record("lens", "component", {"x": 1, "y": 2})


def pending(*changes: Op) -> Pending:
    """Sent changes, one for each operation."""
    made = Pending()
    for op in changes:
        made.add([op], 1000, 0, False, "")
        made.take_unsent(1000, 99)
    return made


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ([], LENS),
        ([Set("lens", {"x": 3}), Set("lens", {"x": 4}, ["y"])], Record("lens", "component", {"x": 4})),
        ([Set("lens", {"x": 3}), Remove("lens")], None),
        ([Remove("lens"), Put("lens", "mirror")], Record("lens", "mirror", {})),
        ([Remove("mirror")], LENS),
    ],
)
def test_record_is_seen_with_what_is_pending_on_top(changes: list[Op], seen: Record | None) -> None:
    """REP-1, REP-3: in order."""
    assert shown("lens", {"lens": LENS}, pending(*changes)) == seen


def test_record_that_is_not_confirmed_is_seen_if_it_is_put() -> None:
    """REP-1, DOC-5: a `set` alone does not make a record."""
    assert shown("lens", {}, pending(Put("lens", "component"), Set("lens", {"x": 1}))) == Record(
        "lens", "component", {"x": 1}
    )
    assert shown("lens", {}, pending(Set("lens", {"x": 1}))) is None
    assert shown("lens", {}, pending()) is None


def test_changes_of_a_frame_are_shown_together() -> None:
    """REP-4, REP-10: one list, in the order of the ids, with the previous values."""
    view = {"lens": LENS, "gone": Record("gone", "component", {})}
    views = Views(view, {})
    now = Record("lens", "component", {"x": 3, "y": 2})
    base = {"new": Record("new", "component", {}), "lens": now}
    [change] = show(views, ["gone", "new", "lens"], base, pending(), {"lens": "bob"})
    assert change == ShowChange(
        (Remove("gone"), Put("new", "component"), Set("lens", {"x": 3})), {"lens": "bob"}
    )
    assert change.before == {"gone": Record("gone", "component", {}), "new": None, "lens": LENS}
    assert view == base


def test_what_is_seen_already_is_not_shown() -> None:
    """REP-4: equal values, values under a pending one, and removed records are left out."""
    view = {"lens": LENS}
    mine = pending(Set("lens", {"x": 1}))
    base = {"lens": Record("lens", "component", {"x": 9, "y": 2})}
    assert show(Views(view, {}), ["lens", "gone"], base, mine, {}) == []
    assert view == {"lens": LENS}


def test_records_outside_of_the_bench_are_shown_apart() -> None:
    """DOC-8: hosts and files know only the bench; an id may move once it is forgotten."""
    version = Record("v", "version", {"clock": 7}, Lane.META)
    views = Views({"lens": LENS}, {})
    both = {"lens": LENS, "v": version}
    assert show(views, ["lens", "v"], both, pending(), {}) == [MetaChanged()]
    assert views == ({"lens": LENS}, {"v": version})
    assert show(views, ["v"], both, pending(), {}) == []
    now_there = Record("v", "component", {})
    changes = show(views, ["v"], {"v": now_there}, pending(), {})
    assert changes == [ShowChange((Put("v", "component"),)), MetaChanged()]
    assert show(views, ["v"], {"v": version}, pending(), {}) == [ShowChange((Remove("v"),)), MetaChanged()]
    assert show(views, ["v"], {}, pending(), {}) == [MetaChanged()]
    assert views == ({"lens": LENS}, {})


def test_an_edit_is_adopted_where_its_record_is() -> None:
    """REP-2"""
    views = Views({"lens": LENS}, {})
    version = Record("v", "version", {}, Lane.META)
    views.adopt(["lens", "v"], {"v": version})
    assert (views.bench, views.meta) == ({}, {"v": version})
    assert dict(views.all) == {"v": version}


def test_rehearsal_leaves_the_view_alone() -> None:
    """REP-6: it returns the records that an edit would change."""
    view = {"lens": LENS, "other": Record("other", "component", {})}
    ops: list[Op] = [Set("lens", {"x": 3}), Put("new", "component"), Set("new", {"z": 1})]
    assert rehearse(view, ops, Limits()) == {
        "lens": Record("lens", "component", {"x": 3, "y": 2}),
        "new": Record("new", "component", {"z": 1}),
    }
    assert rehearse(view, [Remove("lens")], Limits()) == {}
    assert view["lens"] == LENS
    assert "new" not in view


@pytest.mark.parametrize(
    ("ops", "missing"),
    [
        ([Set("gone", {"x": 1}), Put("gone", "component")], "gone"),
        ([Remove("lens"), Remove("lens")], "lens"),
    ],
)
def test_rehearsal_names_the_record_that_is_missing(ops: list[Op], missing: str) -> None:
    """REP-6: with its place in the change."""
    with pytest.raises(ChangeRefused, match=f"no record '{missing}'") as refused:
        rehearse({"lens": LENS}, ops, Limits())
    assert refused.value.reason is Reason.NO_SUCH_RECORD


def test_rehearsal_finds_the_record_that_is_too_long() -> None:
    """LIM-6: measured at the end of the change."""
    limits = Limits(record_bytes=100)
    long = [Set("lens", {"z": "z" * 100})]
    with pytest.raises(ChangeRefused, match="'lens' would be longer than 100 bytes") as refused:
        rehearse({"lens": LENS}, long, limits)
    assert refused.value.reason is Reason.RECORD_TOO_LARGE
    assert rehearse({"lens": LENS}, [*long, Set("lens", {}, ["z"])], limits) == {"lens": LENS}
