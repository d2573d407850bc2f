"""How the server logs: one line each, whatever is in the names."""

from __future__ import annotations

import logging
import sys

from optiverse_collab.core.text import printable
from optiverse_collab_server.rate import Quota, TokenBucket

LINE_CHARS = 1000
"""What is longer in a message is cut."""

LINES = Quota(2000, 50)
"""Below ERROR, more lines than this are left out and counted."""


class OneLineFormatter(logging.Formatter):
    """Escapes what can't be printed in a message, so that no name can forge a line, and cuts long ones.

    Tracebacks, which the server writes itself, keep their lines.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line without its traceback."""
        text = record.message
        more = f"… ({len(text) - LINE_CHARS} more characters)" if len(text) > LINE_CHARS else ""
        record.message = printable(text[:LINE_CHARS]) + more
        return super().formatMessage(record)


class FloodFilter(logging.Filter):
    """Leaves lines out where there are too many, so that nobody fills the disk, and says how many."""

    def __init__(self) -> None:
        super().__init__()
        self._room = TokenBucket(0.0, LINES)
        self._omitted = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write a line."""
        if self._room.left(record.created) < 1 and record.levelno < logging.ERROR:
            self._omitted += 1
            return False
        self._room.take(record.created)
        if self._omitted:
            record.msg, record.args = (
                f"{record.getMessage()} (lines left out before this: {self._omitted})",
                (),
            )
            self._omitted = 0
        return True


def set_up(debug: bool) -> None:
    """Log to standard error, from INFO or DEBUG on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        OneLineFormatter("%(asctime)s.%(msecs)03d %(levelname)-7s | %(message)s", "%Y-%m-%d %H:%M:%S")
    )
    if not debug:
        handler.addFilter(FloodFilter())
    logger = logging.getLogger("optiverse_collab_server")
    logger.handlers = [handler]
    logger.setLevel(logging.DEBUG if debug else logging.INFO)
    logger.propagate = False
    logging.getLogger("websockets").setLevel(logging.CRITICAL)  # it logs every port scan as an error
