"""What every adapter guarantees for benches, items and files: the toy's, the demo bench's, Optiverse's."""

from __future__ import annotations

import pytest

from optiverse_collab.testing.contract import *  # noqa: F403

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image")
