"""The contract suite for adapters: tests of `host.api`'s promises that any project can run.

A class derived from `driver.Driver` implements how a user of an editor adds, drags and undoes. A pytest
fixture named ``driver`` creates one, and ``from optiverse_collab.testing.contract import *`` imports the
tests; so do the other modules of `MODULES`. Tests of methods that an adapter leaves to `Host`, or that its
driver can't do, are skipped. The suite needs the extra ``testing``.
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
"""The modules with the tests."""

pytest.register_assert_rewrite(*(f"{__name__}.{name}" for name in MODULES))
