"""Our own log file: the windows of a program share one, from the first that opens to the last that closes."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QUrl
from PyQt6.QtGui import QDesktopServices

from optiverse_collab.category import LINES
from optiverse_collab.disk.log_file import LogFile
from optiverse_collab.window.folders import log_folder


class KeptLog(QObject):
    """A window's share of the log file.

    Attributes:
        path: the file; it is there from the first line on.
    """

    _users = 0
    _file: LogFile | None = None

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._closed = False
        if KeptLog._file is None:
            KeptLog._file = LogFile(log_folder())
            LINES.addHandler(KeptLog._file)
        KeptLog._users += 1
        self.path = KeptLog._file.path

    def show(self) -> None:
        """Open the folder with the system's file manager."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.path.parent)))

    def close(self) -> None:
        """The window closes; once is enough."""
        if self._closed:
            return
        self._closed = True
        KeptLog._users -= 1
        file = KeptLog._file
        if not KeptLog._users and file is not None:
            KeptLog._file = None
            LINES.removeHandler(file)
            file.close()
