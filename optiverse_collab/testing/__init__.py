"""The contract suite for adapters: what `host.api` promises, as tests that any project can run.

A class that derives from `driver.Driver` says how a user of an editor adds, drags and undoes. A fixture of
pytest's with the name ``driver`` makes one, and ``from optiverse_collab.testing.contract import *`` has the
tests; so have the other modules of `MODULES`. What an adapter leaves to `Host`, and what its driver can't do,
is skipped. It needs the extra ``testing``.
"""

import pytest

MODULES = (
    "contract",
    "contract_edits",
    "contract_editors",
    "contract_pictures",
    "contract_presence",
    "contract_undo",
)
"""Where the tests are."""

pytest.register_assert_rewrite(*(f"{__name__}.{name}" for name in MODULES))
