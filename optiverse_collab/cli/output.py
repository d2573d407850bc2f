"""The output of commands for programs."""

from __future__ import annotations

import json
import sys

from optiverse_collab.core.protocol.codec import encoded


def write_json(value: object) -> None:
    """Write a value of messages, records and plain values to standard output, as JSON in UTF-8."""
    text = json.dumps(json.loads(encoded(value)), indent=2, ensure_ascii=False)
    sys.stdout.buffer.write(f"{text}\n".encode())
    sys.stdout.buffer.flush()
