"""How the server logs: one line each, whatever is in the names."""

from __future__ import annotations

import logging
import sys

from optiverse_collab.core.text import printable


class OneLineFormatter(logging.Formatter):
    """Escapes what can't be printed in a message, so that no name can forge a line.

    Tracebacks, which the server writes itself, keep their lines.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line without its traceback."""
        record.message = printable(record.message)
        return super().formatMessage(record)


def set_up(debug: bool) -> None:
    """Log to standard error, from INFO or DEBUG on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        OneLineFormatter("%(asctime)s.%(msecs)03d %(levelname)-7s | %(message)s", "%Y-%m-%d %H:%M:%S")
    )
    logger = logging.getLogger("optiverse_collab_server")
    logger.handlers = [handler]
    logger.setLevel(logging.DEBUG if debug else logging.INFO)
    logger.propagate = False
    logging.getLogger("websockets").setLevel(logging.CRITICAL)  # it logs every port scan as an error
