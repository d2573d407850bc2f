"""Makes the pictures in docs/images anew (``make screenshots``), or in a folder that is named."""

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

    from scripts.two_windows import play, quiet_qt, side_by_side, two_windows, until

    quiet_qt()
    app = QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    images.mkdir(parents=True, exist_ok=True)

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
        save("participants", ann.controller.open_participants())
        popup = ann.controller.standing.open_popup()
        until(lambda: popup.figures["Latency (median)"].endswith(" ms"))
        save("quality", popup)
        popup.close()
        _join(url, save)
        _disagree(url, ann, bob, save)
        _offline(save)
    print(f"Wrote {len(list(images.glob('*.png')))} pictures to {images.name}/.")


def _join(url: str, save: Callable[..., None]) -> None:
    """Cem, who has a bench of his own, sees the dialogs, and does not join."""
    from scripts.two_windows import KEYS, Person, until

    late = Person("Cem", url)
    late.window.insert(KEYS["lens"])
    dialog = late.controller.open_connect_dialog()
    dialog.join_page.server.set_text("http://localhost:8765")
    dialog.join_page.user.set_text("Cem")
    save("connect-join", dialog)
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


def _offline(save: Callable[..., None]) -> None:
    """Dea's server goes away, and she works on."""
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
    """Ann is told of what others did to her edits, uses all of hers, and works on in the dark."""
    from optiverse_collab.demo.theme import DARK
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
