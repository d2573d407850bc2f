"""What every adapter guarantees for the pointer: the toy's, the demo bench's, and Optiverse's."""

from __future__ import annotations

import pytest

from optiverse_collab.testing.contract_presence import *  # noqa: F403

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image")
