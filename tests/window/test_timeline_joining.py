"""What the timeline shows on joining: the moment of a link, and what was done since the user left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optiverse_collab.core.protocol.address import moment_link
from optiverse_collab.window import timeline_reader
from optiverse_collab.wording import timeline as texts
from tests.helpers.demo_window import KEYS
from tests.helpers.user_input import click
from tests.helpers.windows import Desk
from tests.window.timeline_lab import Lab


@pytest.fixture
def lab(timeline_lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setattr(timeline_reader, "PAGE", 3)
    return timeline_lab


def rejoin(lab: Lab, link: str) -> None:
    """Bob joins again, by a link."""
    lab.bob.manager.join_session(link, lab.bob.manager.session_id, "Bob")
    lab.bob.until_connected()


def test_a_link_leads_to_a_moment(lab: Lab) -> None:
    """Of an item: the dock lists its steps, and the preview shows the bench then."""
    lab.move(100.0)
    session = lab.bob.manager.session
    assert session is not None
    clock = session.replica.clock
    lab.move(200.0)
    other = lab.ann.window.insert(KEYS["mirror"])
    lab.until(lambda: other in lab.bob.window.bench.items)
    link = moment_link(lab.bob.manager.server_url, lab.bob.manager.session_id, clock, lab.lens)
    rejoin(lab, link)
    lab.until(lambda: lab.panel.previewing.dialog is not None)
    assert lab.seen() == [(100, 0)]
    assert lab.panel.dock.scrubber.clock == clock
    assert all(lab.lens in step.ids for step in lab.panel.dock.list.model_of_steps.steps)


def test_a_link_to_a_moment_that_there_is_not(lab: Lab) -> None:
    """A notice says so, and the session is joined."""
    rejoin(lab, moment_link(lab.bob.manager.server_url, lab.bob.manager.session_id, 10_000))
    lab.until(lambda: texts.no_moment(10_000) in told(lab.bob))
    assert lab.panel.previewing.dialog is None


def told(desk: Desk) -> list[str]:
    """The notices in a window."""
    return [toast.text for toast in desk.controller.reports.toasts.shown]


def test_what_was_done_since_the_user_left(lab: Lab) -> None:
    """On coming back, one notice, whose button compares then and now."""
    lab.until(lambda: lab.bob.manager.service.unsent == 0)
    url = lab.bob.manager.server_url
    lab.bob.manager.leave()
    lab.until(lambda: not lab.bob.manager.status.in_session)
    lab.ann.window.bench.change({lab.lens: {"pos": [100.0, 0.0]}})
    lab.until(lambda: lab.ann.manager.service.unsent == 0)
    rejoin(lab, url)
    lab.until(lambda: texts.since_you_left(1) in told(lab.bob))
    toast = next(
        one for one in lab.bob.controller.reports.toasts.shown if one.text == texts.since_you_left(1)
    )
    click(next(one for one in toast.buttons if one.text() == texts.SHOW_CHANGES))
    lab.until(lambda: lab.panel.previewing.dialog is not None)
    assert lab.panel.dock.compare.isChecked()
    assert lab.preview.table.topLevelItemCount() == 1


def test_coming_back_to_a_session_without_changes(lab: Lab) -> None:
    """There is nothing to tell."""
    lab.until(lambda: lab.bob.manager.service.unsent == 0)
    url = lab.bob.manager.server_url
    lab.bob.manager.leave()
    lab.until(lambda: not lab.bob.manager.status.in_session)
    rejoin(lab, url)
    lab.until(lambda: lab.lens in lab.bob.window.bench.items)
    assert not any("since you left" in text for text in told(lab.bob))


def test_a_link_while_another_part_is_read(lab: Lab) -> None:
    """The preview opens once the part of the link is there."""
    for x in range(8):
        lab.move(10.0 * (x + 1))
    lab.ann.until_same(lab.bob)
    lab.panel.reader.glance()
    assert lab.panel.reader.is_reading
    lab.panel.show_moment(2, lab.lens)
    lab.until(lambda: lab.panel.previewing.dialog is not None)
    assert lab.panel.dock.scrubber.clock == 2


def test_a_moment_that_is_not_kept_any_longer(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user learns so once, and sees what is kept."""
    lab.move(10.0)
    lab.ann.until_same(lab.bob)
    read = lab.panel.reader._read
    monkeypatch.setattr(
        lab.panel.reader, "_read", lambda span: read(replace(span, after=(span.until or 1) - 1))
    )
    lab.panel.show_moment(0)
    lab.until(lambda: texts.NOT_KEPT in told(lab.bob))
    assert lab.panel.previewing.dialog is None
    assert lab.rows
