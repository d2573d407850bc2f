"""The kinds of sessions that servers are measured with."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.fanout import Load


@dataclass(frozen=True)
class Workload:
    """A kind of session.

    Attributes:
        key: its name in commands and files.
        load: what the participants do.
    """

    key: str
    load: Load

    @property
    def title(self) -> str:
        """What it is, for a heading."""
        load = self.load
        return (
            f"{self.key}: {load.editors} of {load.participants} edit at {load.hz:g} Hz, "
            f"{load.deliveries_per_s:,.0f} deliveries per s"
        )


WORKLOADS = (
    Workload("team", Load(participants=10, editors=10)),
    Workload("class", Load(participants=50, editors=10)),
    Workload("crowd", Load(participants=200, editors=5)),
    Workload("all", Load(participants=50, editors=50)),
    Workload("flood", Load(participants=50, editors=50, hz=150.0)),
)
