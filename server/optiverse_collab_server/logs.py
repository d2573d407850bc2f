"""The server's log: one line per event, whatever is in the names."""

from __future__ import annotations

import json
import logging
import sys

from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab.core.text import printable
from optiverse_collab_server.rate import Quota, TokenBucket

LINE_CHARS = 1000
"""Longer messages are cut."""

LINES = Quota(2000, 50)
"""Below ERROR, more lines than this are left out and counted."""


class OneLineFormatter(logging.Formatter):
    """Escapes unprintable characters, so that no name can forge a line, and cuts long messages.

    Tracebacks, which the server writes itself, keep their lines.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line without its traceback."""
        record.message = printable(_cut(record.message))
        return super().formatMessage(record)


def _cut(text: str) -> str:
    more = f"… ({len(text) - LINE_CHARS} more characters)" if len(text) > LINE_CHARS else ""
    return text[:LINE_CHARS] + more


class FloodFilter(logging.Filter):
    """Drops lines if there are too many, so that nobody fills the disk, and says how many."""

    def __init__(self) -> None:
        super().__init__()
        self._room = TokenBucket(0.0, LINES)
        self._omitted = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write a line."""
        has_room = self._room.left(record.created) >= 1
        if not has_room and record.levelno < logging.ERROR:
            self._omitted += 1
            return False
        if has_room:  # errors don't count against the limit
            self._room.take(record.created)
        if self._omitted:
            record.msg, record.args = (
                f"{record.getMessage()} (lines left out before this: {self._omitted})",
                (),
            )
            self._omitted = 0
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for programs that collect logs; times are UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """The line: ``time``, ``level``, ``message``, and a ``traceback`` if there is one."""
        line = {
            "time": timestamp(round(record.created * 1000)),
            "level": record.levelname,
            "message": _cut(record.getMessage()),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


_FORMATTERS = {
    "text": OneLineFormatter("%(asctime)s.%(msecs)03d %(levelname)-7s | %(message)s", "%Y-%m-%d %H:%M:%S"),
    "json": JsonFormatter(),
}
"""The formatters by the value of the setting ``log-format``."""


def set_up(debug: bool, log_format: str = "text") -> None:
    """Log to standard error, from INFO or DEBUG on.

    Args:
        debug: whether DEBUG is logged, and nothing is dropped.
        log_format: ``text`` or ``json``.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_FORMATTERS[log_format])
    if not debug:
        handler.addFilter(FloodFilter())
    logger = logging.getLogger("optiverse_collab_server")
    logger.handlers = [handler]
    logger.setLevel(logging.DEBUG if debug else logging.INFO)
    logger.propagate = False
    logging.getLogger("websockets").setLevel(logging.CRITICAL)  # it logs every port scan as an error
