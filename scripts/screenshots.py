"""Takes the pictures in docs/images (``make screenshots``), or in a given folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QWidget

    from scripts.two_windows import Person

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"


def main(images: Path) -> None:
    """Play the scripted session and take the pictures."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PyQt6.QtWidgets import QApplication

    from optiverse_collab.convert.files import write_text
    from optiverse_collab.report.picture import picture
    from scripts.lab_page import day
    from scripts.two_windows import play, quiet_qt, side_by_side, two_windows, until

    quiet_qt()
    app = QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    images.mkdir(parents=True, exist_ok=True)
    write_text(images / "report.svg", picture(day()).svg)

    def save(name: str, *widgets: QWidget) -> None:
        side_by_side(widgets).save(str(images / f"{name}.png"))

    with two_windows() as (url, ann, bob):
        for person in (ann, bob):
            person.window.resize(800, 560)
            person.window.view.fit()
        play(ann, bob)
        save("two-windows", ann.window, bob.window)
        until(lambda: any("← Bob moved" in line.text for line in ann.window.log.lines))
        log = ann.window.log_window
        log.resize(900, 260)
        log.category.setCurrentText("Collaboration")
        log.show()
        save("log", log)
        _in_an_item(ann, bob, save)
        _people(ann, bob, save)
        _knocking(ann, save)
        _invite(save)
        _rights(save)
        popup = ann.controller.standing.open_popup()
        until(lambda: popup.figures["Latency (median)"].endswith(" ms"))
        save("quality", popup)
        popup.close()
        _join(url, save)
        _come_home(url, bob, save)
        _disagree(url, ann, bob, save)
        _offline(save)
    print(f"Wrote {len(list(images.glob('*.[ps][nv]g')))} pictures to {images.name}/.")


def _in_an_item(ann: Person, bob: Person, save: Callable[..., None]) -> None:
    """Bob and Ann have the dialog of one mirror open, and she points at that mirror."""
    from optiverse_collab.window.in_dialogs import InDialogs
    from scripts.two_windows import until

    for person in (bob, ann):
        person.window.edit("end")
    dialogs, dialog = ann.window.findChild(InDialogs), ann.window.dialogs["end"]
    until(lambda: dialogs is not None and "end" in dialogs.banners)
    ann.point(180.0, 0.0)
    save("in-an-item", ann.window, dialog)
    for person in (bob, ann):
        person.window.dialogs["end"].reject()
    ann.point(60.0, -150.0)


def _people(ann: Person, bob: Person, save: Callable[..., None]) -> None:
    """Ann's window with the dock of people; then she follows Bob."""
    from optiverse_collab.window.viewpoint import centre_of
    from scripts.two_windows import until

    people, view = ann.controller.people, bob.window.view
    dock = people.open()
    until(lambda: dock.people.count() == 2)
    dock.people.setCurrentRow(1)
    save("people-dock", ann.window)
    dock.hide()
    bob.controller.people.open()
    dock.follow.click()
    view.scale(1.2, 1.2)
    view.centerOn(20.0, 20.0)
    until(lambda: (centre_of(ann.window.view) - centre_of(view)).manhattanLength() < 5.0)
    until(lambda: bool(bob.controller.people.followers.people))
    save("following", ann.window, bob.window)
    people.following.stop()
    for person in (ann, bob):
        person.controller.people.dock.hide()
        person.controller.reports.toasts.clear()
        person.window.view.fit()


def _knocking(ann: Person, save: Callable[..., None]) -> None:
    """Two people wait until Ann lets them in."""
    from optiverse_collab.core.access import Role
    from optiverse_collab.core.protocol.access import AccessKnock
    from optiverse_collab.window.ui.knock_list import Waiting
    from optiverse_collab.wording import knocks as texts

    knocks = [
        AccessKnock("k1", "Cem", Role.EDITOR, "students"),
        AccessKnock("k2", "Dea", Role.VIEWER, "students"),
    ]
    dock, toasts = ann.controller.people.open(), ann.controller.reports.toasts
    waiting = [Waiting(one.knock, one.user_id, tuple(texts.lines(one, alike=False))) for one in knocks]
    dock.knocks.show_waiting(waiting)
    toasts.show(texts.several(knocks), [(texts.SHOW, dock.show), (texts.NOT_NOW, dock.hide)])
    save("knocking", ann.window)
    dock.knocks.show_waiting([])
    dock.hide()
    toasts.clear()


def _invite(save: Callable[..., None]) -> None:
    """An invite that nobody can use."""
    from optiverse_collab.core.protocol.address import invite_link
    from optiverse_collab.window.ui.invite_dialog import InviteDialog, Way
    from optiverse_collab.wording.inviting import network, whoever_has_it

    dialog = InviteDialog()
    link = invite_link("wss://192.0.2.7:8765", "optics", "A" * 22, "B" * 43)
    ways = [Way(network("Wi-Fi", "192.0.2.7"), link), Way(network("Ethernet", "198.51.100.3"), link)]
    dialog.show_ways(ways, whoever_has_it("optics"))
    dialog.show()
    dialog.show_link.click()
    save("invite", dialog)
    dialog.close()


def _rights(save: Callable[..., None]) -> None:
    """The owner's view of people and links, and a viewer with unsent edits."""
    from datetime import datetime, timezone
    from tempfile import TemporaryDirectory

    from optiverse_collab.core.access import Role
    from optiverse_collab.core.protocol.access import Grant, GrantKind
    from optiverse_collab.window.ui.access_dialog import AccessDialog
    from optiverse_collab.window.ui.bar import State
    from optiverse_collab.wording import access
    from scripts.two_windows import KEYS, Person, server

    made, now = "2026-05-01T12:00:00.000Z", datetime(2026, 5, 3, 12, 0, tzinfo=timezone.utc)
    grants = [
        Grant("g1", GrantKind.DEVICE, Role.OWNER, made, "Ana", connections=["c1"]),
        Grant(
            "g2", GrantKind.DEVICE, Role.VIEWER, made, "Ben", "2026-05-03T14:05:00.000Z", connections=["c2"]
        ),
        Grant("g3", GrantKind.DEVICE, Role.EDITOR, made, "Cem", seen="2026-05-02T09:30:00.000Z"),
        Grant("g4", GrantKind.DEVICE, Role.NONE, made, "Dea", seen="2026-05-02T09:30:00.000Z"),
        Grant("l1", GrantKind.INVITE, Role.EDITOR, made, "students", uses=3),
    ]
    dialog = AccessDialog()
    dialog.show_grants(grants, ["c1", "c2"], now)
    dialog.show_status("")
    dialog.show()
    save("people", dialog)
    dialog.close()
    with TemporaryDirectory() as folder, server(Path(folder)) as url:
        viewer = Person("Ben", url)
        viewer.window.resize(800, 420)
        viewer.join()
        viewer.wait_until_in()
        viewer.window.insert(KEYS["lens"])
        bar, toasts = viewer.controller.standing.bar, viewer.controller.reports.toasts
        bar.set_state(State.VIEW_ONLY, access.view_only(3, Role.VIEWER), (access.NOT_SENT, bar.hide))
        toasts.show(access.denied(Role.VIEWER, ["Ana"]), urgent=True)
        save("view-only", viewer.window)
        viewer.controller.manager.leave()
        viewer.close()


def _join(url: str, save: Callable[..., None]) -> None:
    """Cem has his own bench, sees the dialogs, and does not join."""
    from optiverse_collab.core.client.failures import Failure, FailureKind
    from optiverse_collab.wording.connection import sentence
    from scripts.two_windows import KEYS, Person, until

    late = Person("Cem", url)
    late.window.insert(KEYS["lens"])
    dialog = late.controller.open_connect_dialog()
    dialog.join_page.server.set_text("http://localhost:8765")
    dialog.join_page.user.set_text("Cem")
    save("connect-join", dialog)
    place = "wss://optics.example:8765"
    dialog.join_page.server.set_text(place)
    dialog.show_error(sentence(Failure(FailureKind.WRONG_KEY), place))
    save("refused", dialog)
    dialog.show_error("")
    dialog.pages.setCurrentWidget(dialog.server_page)
    dialog.server_page.user.set_text("Cem")
    save("connect-host", dialog)
    dialog.close()
    late.join()
    until(lambda: late.controller.question is not None)
    question = late.controller.question
    assert question is not None
    save("two-benches", question)
    question.reject()
    late.close()


def _come_home(url: str, bob: Person, save: Callable[..., None]) -> None:
    """Cem has edited a copy of the bench elsewhere, and joins with it."""
    from tempfile import TemporaryDirectory

    from optiverse_collab.convert import bench_from_records, write_bench
    from optiverse_collab.window.ui.choice_dialog import JoiningChoice
    from scripts.two_windows import Person, until

    session = bob.controller.manager.session
    assert session is not None
    bench = bench_from_records(session.replica.view)
    moved = [item for item in bench["items"] if item["_type"] == "component"][:3]
    for item in moved:
        item["y_mm"] += 20.0
    bob.window.bench.change({moved[0]["item_uuid"]: {"pos": [60.0, -30.0]}})
    until(lambda: not session.replica.pending)
    late = Person("Cem", url)
    with TemporaryDirectory() as folder:
        write_bench(Path(folder) / "copy.json", bench)
        late.window.open_path(Path(folder) / "copy.json")
        late.join()
        until(lambda: late.controller.question is not None)
        question = late.controller.question
        assert question is not None
        until(question.buttons[JoiningChoice.MERGE].isEnabled)
        save("homecoming", question)
        question.reject()
        late.close()


def _offline(save: Callable[..., None]) -> None:
    """Dea's server goes away, and she keeps working."""
    from tempfile import TemporaryDirectory

    from scripts.two_windows import KEYS, Person, server, until

    with TemporaryDirectory() as folder:
        with server(Path(folder)) as url:
            late = Person("Dea", url)
            late.window.resize(800, 420)
            late.join()
            late.wait_until_in()
        late.window.insert(KEYS["lens"])
        bar = late.controller.standing.bar
        until(lambda: "1 edit waiting · retrying" in bar.text)
        save("offline", late.window)
        late.controller.manager.leave()
        late.close()


def _disagree(url: str, ann: Person, bob: Person, save: Callable[..., None]) -> None:
    """Ann sees what others did to her edits, uses all her own, and keeps working in the dark theme."""
    from optiverse_collab_demo.theme import DARK
    from scripts.two_windows import content, disagree, until

    disagree(url, ann, bob)
    save("changes", ann.window)
    reports = ann.controller.reports
    reports.toasts.clear()
    assert reports.dock is not None
    reports.dock.use_all.click()
    until(lambda: reports.count == 0 and content(ann) == content(bob))
    ann.window.set_theme(DARK)
    until(lambda: ann.window.theme is DARK and ann.controller.status.text() == "2 users")
    save("dark", ann.window)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
