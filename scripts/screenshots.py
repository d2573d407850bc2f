"""Makes the pictures in docs/images anew (``make screenshots``), or in a folder that is named."""

from __future__ import annotations

import os
import sys
from pathlib import Path

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"


def main(images: Path) -> None:
    """Play the scripted session and take the pictures."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PyQt6.QtWidgets import QApplication

    from optiverse_collab.demo.theme import DARK
    from scripts.two_windows import (
        KEYS,
        Person,
        content,
        disagree,
        play,
        quiet_qt,
        side_by_side,
        two_windows,
        until,
    )

    quiet_qt()
    app = QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    images.mkdir(parents=True, exist_ok=True)
    with two_windows() as (url, ann, bob):
        for person in (ann, bob):
            person.window.resize(800, 560)
            person.window.view.fit()
        play(ann, bob)
        side_by_side((ann.window, bob.window)).save(str(images / "two-windows.png"))
        log = ann.window.log_window
        log.resize(900, 260)
        log.category.setCurrentText("Collaboration")
        log.show()
        side_by_side((log,)).save(str(images / "log.png"))
        people = ann.controller.open_participants()
        side_by_side((people,)).save(str(images / "participants.png"))
        late = Person("Cem", url)
        late.window.insert(KEYS["lens"])
        dialog = late.controller.open_connect_dialog()
        dialog.join_page.server.set_text("http://localhost:8765")
        dialog.join_page.user.set_text("Cem")
        side_by_side((dialog,)).save(str(images / "connect-join.png"))
        dialog.pages.setCurrentWidget(dialog.server_page)
        dialog.server_page.user.set_text("Cem")
        side_by_side((dialog,)).save(str(images / "connect-host.png"))
        dialog.close()
        late.join()
        until(lambda: late.controller.question is not None)
        question = late.controller.question
        assert question is not None
        side_by_side((question,)).save(str(images / "two-benches.png"))
        question.reject()
        late.close()
        disagree(url, ann, bob)
        side_by_side((ann.window,)).save(str(images / "changes.png"))
        ann.controller.reports.toasts.clear()
        dock = ann.controller.reports.dock
        assert dock is not None
        dock.use_all.click()
        until(lambda: ann.controller.reports.count == 0 and content(ann) == content(bob))
        ann.window.set_theme(DARK)
        until(lambda: ann.window.theme is DARK and len(ann.controller.status.text()) == len("2 users"))
        side_by_side((ann.window,)).save(str(images / "dark.png"))
    print(f"Wrote {len(list(images.glob('*.png')))} pictures to {images.name}/.")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
