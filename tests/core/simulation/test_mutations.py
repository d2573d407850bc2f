"""The simulation bites: whatever is broken in the core, it notices soon."""

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

SEEDS = HISTORIES
"""In so many histories a mutation must be noticed; most are in the first, a few need what is rare."""


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
    *DISK_MUTATIONS,
    *RIGHTS_MUTATIONS,
]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "_"))
def test_mutation_is_noticed(mutation: Mutation) -> None:
    """The core as it is survives the same seeds: `test_simulation` runs them."""
    assert mutation.noticed_by(SEEDS) is not None, mutation.sentence
