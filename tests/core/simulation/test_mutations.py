"""The simulation soon notices everything that is broken in the core."""

from __future__ import annotations

import pytest

from tests.core.simulation.behind_mutations import BEHIND_MUTATIONS
from tests.core.simulation.client_mutations import CLIENT_MUTATIONS
from tests.core.simulation.conflict_mutations import CONFLICT_MUTATIONS
from tests.core.simulation.connector_mutations import CONNECTOR_MUTATIONS
from tests.core.simulation.disk_mutations import DISK_MUTATIONS
from tests.core.simulation.forgetting_mutations import FORGETTING_MUTATIONS
from tests.core.simulation.line_mutations import LINE_MUTATIONS
from tests.core.simulation.mutation import Mutation
from tests.core.simulation.past_mutations import PAST_MUTATIONS
from tests.core.simulation.presence_mutations import PRESENCE_MUTATIONS
from tests.core.simulation.rights_mutations import RIGHTS_MUTATIONS
from tests.core.simulation.server_mutations import SERVER_MUTATIONS
from tests.core.simulation.test_simulation import HISTORIES
from tests.core.simulation.version_mutations import VERSION_MUTATIONS

SEEDS = HISTORIES
"""A mutation must be noticed within this many histories; most are in the first, a few need rare events."""


MUTATIONS = [
    *SERVER_MUTATIONS,
    *CLIENT_MUTATIONS,
    *CONFLICT_MUTATIONS,
    *FORGETTING_MUTATIONS,
    *CONNECTOR_MUTATIONS,
    *BEHIND_MUTATIONS,
    *LINE_MUTATIONS,
    *PRESENCE_MUTATIONS,
    *PAST_MUTATIONS,
    *VERSION_MUTATIONS,
    *DISK_MUTATIONS,
    *RIGHTS_MUTATIONS,
]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "_"))
def test_mutation_is_noticed(mutation: Mutation) -> None:
    """The unmodified core survives the same seeds: `test_simulation` runs them."""
    assert mutation.noticed_by(SEEDS) is not None, mutation.sentence
