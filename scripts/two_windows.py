"""A server, and two demo windows with people in one session: for the demo and pictures."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PyQt6.QtCore import (
    QMessageLogContext,
    QRect,
    QSettings,
    QStandardPaths,
    Qt,
    QtMsgType,
    qInstallMessageHandler,
)
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtNetwork import QTcpSocket
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.people import COLOURS, Introduction
from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.scripting import Bench
from optiverse_collab.window.attachment import attachment_for
from optiverse_collab.window.controller import CollaborationController
from optiverse_collab_demo.app import open_window
from optiverse_collab_demo.templates import TEMPLATES, placed
from optiverse_collab_demo.window import DemoWindow
from scripts.hand import Hand

SESSION = "default"
STARTED = re.compile(r"Starting Optiverse Collaboration Server on .*:(\d+)")
wait: Any = QTest.qWait  # PyQt6's stubs take it for a method
KEYS = {template.key: template for template in TEMPLATES}

# A Michelson interferometer with one slightly displaced mirror.
BENCH: dict[str, tuple[str, tuple[float, float], dict[str, Any]]] = {
    "laser": ("source", (-220.0, 0.0), {}),
    "splitter": ("beamsplitter", (0.0, 0.0), {"name": "Beamsplitter 50:50"}),
    "end": ("mirror", (180.0, 0.0), {"name": "End mirror", "angle_deg": 0.0}),
    "arm": ("mirror", (30.0, 150.0), {"name": "Arm mirror", "angle_deg": 90.0}),
    "lens": ("lens", (0.0, -110.0), {"name": "Lens f = 100 mm", "angle_deg": 90.0}),
    "length": ("ruler", (90.0, -60.0), {}),
    "note": ("note", (-240.0, 110.0), {"text": "Align arm mirror first"}),
}


@contextmanager
def server(folder: Path, bench: Sequence[Record] = ()) -> Iterator[str]:
    """A server on a free port; yields its address.

    Args:
        folder: for its data.
        bench: its session's; the interferometer if not given.
    """
    command = [sys.executable, "-m", "optiverse_collab_server", "--port", "0", "--data", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stderr is not None
        try:
            started = next(filter(None, map(STARTED.search, process.stderr)), None)
            if started is None:
                raise SystemExit("The server did not start; run optiverse-collab-server to see why.")
            url = f"ws://localhost:{started[1]}"
            with Bench(url, session=SESSION, user="demo") as script:
                script.edit([Put(one.id, one.kind, one.props) for one in bench or records()])
            yield url
        finally:
            process.terminate()
            process.communicate()


def records() -> list[Record]:
    """The interferometer."""
    return [
        Record(id, KEYS[key].kind, {**placed(KEYS[key], at), **props})
        for id, (key, at, props) in BENCH.items()
    ]


class Person(Hand):
    """A person with a demo window and a mouse.

    Attributes:
        window: theirs.
        name: the name that others see.
    """

    def __init__(self, name: str, url: str) -> None:
        self.window: DemoWindow = open_window()
        super().__init__(self.window.view)
        self.window.setWindowTitle(f"{name}[*] - Optics bench")
        self.name, self._url = name, url
        self.controller.manager.service.introduction = Introduction(name, ord(name[0]) % COLOURS)

    @property
    def controller(self) -> CollaborationController:
        """The plugin's controller for the window."""
        found = attachment_for(self.window)
        assert isinstance(found, CollaborationController), "the plugin is not installed"
        return found

    def join(self) -> None:
        """Join the session, as the dialog does."""
        self.controller.manager.join_session(self._url, SESSION, self.name)

    def wait_until_in(self) -> None:
        """Wait until the session's bench is visible."""
        until(lambda: self.controller.manager.status is ConnectionState.CONNECTED)
        self.window.view.fit()

    def lose_connection(self) -> None:
        """Break the connection; it comes back after half a second."""
        [tcp] = self.controller.manager.service.findChildren(QTcpSocket)
        with socket.fromfd(int(tcp.socketDescriptor()), socket.AF_INET, socket.SOCK_STREAM) as line:
            line.shutdown(socket.SHUT_RDWR)
        until(lambda: self.controller.manager.status is ConnectionState.RECONNECTING)

    def place_of(self, id: str) -> tuple[float, float]:
        """The position of an item on this screen."""
        x, y = self.window.bench.items[id].props["pos"]
        return float(x), float(y)

    def close(self) -> None:
        """Close the window without a question."""
        self.window.setWindowModified(False)
        self.window.close()


@contextmanager
def two_windows() -> Iterator[tuple[str, Person, Person]]:
    """Two people in one session, in one program; the real user's settings and documents are not touched."""
    with tempfile.TemporaryDirectory() as name:
        QStandardPaths.setTestModeEnabled(True)
        with server(Path(name) / "benches") as url:
            ann, bob = (_person(person, colour, url, name) for colour, person in enumerate(("Ann", "Bob")))
            for person in (ann, bob):
                person.join()
                person.wait_until_in()
            try:
                yield url, ann, bob
            finally:
                for person in (ann, bob):
                    person.close()


def _person(name: str, colour: int, url: str, folder: str) -> Person:
    """A person with separate settings, which identify the windows of one person."""
    layout = QSettings.Format.IniFormat, QSettings.Scope.UserScope
    QSettings.setPath(*layout, str(Path(folder) / name))
    QSettings(*layout, "optiverse-collab", "optiverse-collab").setValue("colour", str(colour))
    return Person(name, url)


def play(ann: Person, bob: Person) -> None:
    """Bob drags the arm mirror to its place and rotates it back a little, while Ann holds the lens.

    Raises:
        SystemExit: the windows still differ.
    """
    bob.point(30.0, 150.0)
    bob.press()
    for step in range(1, 11):
        bob.point(30.0 - 3.0 * step, 150.0)
    until(lambda: abs(ann.place_of("arm")[0]) < 0.5)
    bob.release()
    ann.point(0.0, -110.0)
    ann.press()
    ann.point(0.0, -130.0)
    ann.release()
    ann.window.editor.change("Rename", {"lens": {"name": "Lens f = 100 mm, moved by Ann"}})
    until(lambda: content(ann) == content(bob))
    bob.point(-60.0, 60.0)
    ann.point(60.0, -150.0)
    until(lambda: sees_cursor(ann, -60.0) and sees_cursor(bob, 60.0))


def disagree(url: str, ann: Person, bob: Person) -> None:
    """Ann and Dea edit the same item while Ann's connection is lost; then she and Bob move the lens at once.

    Raises:
        SystemExit: Ann got no report.
    """
    ann.lose_connection()
    ann.window.editor.change("Move", {"end": {"pos": [170.0, 0.0]}, "arm": {"angle_deg": 88.0}})
    with Bench(url, session=SESSION, user="Dea") as dea:
        dea.edit([Set("end", {"pos": [200.0, 0.0]}), Remove("arm")])
    reports = ann.controller.reports
    until(lambda: reports.count == 2 and reports.dock is not None and content(ann) == content(bob))
    reports.open_changes()
    reports.toasts.clear()
    for person, y in ((bob, -100.0), (ann, -120.0)):
        person.window.editor.change("Move", {"lens": {"pos": [0.0, y]}})
    until(lambda: bool(reports.toasts.shown) and content(ann) == content(bob))


def sees_cursor(person: Person, x_mm: float) -> bool:
    """Whether somebody else's cursor is visible there."""
    session = person.controller.manager.service.session
    states = session.presence.states.values() if session is not None else ()
    return any(abs((state.get("cursor") or [1e9])[0] - x_mm) < 5.0 for state in states)


def content(person: Person) -> dict[str, object]:
    """All items on a screen."""
    return {id: item.props for id, item in person.window.bench.items.items()}


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Run Qt's event loop until a condition holds.

    Raises:
        SystemExit: it never did.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("The demo waited too long for the other window.")
        wait(5)


def quiet_qt() -> None:
    """Hide Qt's messages about windows without a screen, and about its own deleted objects."""
    known = ("This plugin does not support", "QObject::disconnect: wildcard call")

    def show(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
        if text and not text.startswith(known):
            sys.stderr.write(f"{text}\n")

    qInstallMessageHandler(show)


def side_by_side(*rows: tuple[QWidget, ...]) -> QImage:
    """A picture of widgets, row by row, laid out and painted."""
    shown = [widget for row in rows for widget in row]
    until(lambda: all(widget.isVisible() for widget in shown))
    wait(50)
    grabbed = [[widget.grab().toImage() for widget in row] for row in rows]
    width = max(sum(image.width() for image in row) for row in grabbed)
    height = sum(max(image.height() for image in row) for row in grabbed)
    picture = QImage(width, height, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    top = 0
    for row in grabbed:
        left = 0
        for image in row:
            painter.drawImage(QRect(left, top, image.width(), image.height()), image)
            left += image.width()
        top += max(image.height() for image in row)
    painter.end()
    return picture
