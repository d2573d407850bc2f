"""The server's metrics, for Prometheus; they name neither sessions nor people, and their number is fixed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from optiverse_collab_server import __version__
from optiverse_collab_server.doors import Doors
from optiverse_collab_server.hub import Hub
from optiverse_collab_server.standby.service import StandbyService
from optiverse_collab_server.tally import BUCKETS_S, Durations, Tally

PREFIX = "optiverse_collab_"


class Metrics(Collector):
    """Reads the figures on request.

    Args:
        hub: the sessions.
        doors: the connections.
        standby: this server's part in a pair; None if it can't have one.
    """

    def __init__(self, hub: Hub, doors: Doors, standby: StandbyService | None = None) -> None:
        self._hub, self._doors, self._standby = hub, doors, standby
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """All of them, in Prometheus format."""
        return generate_latest(self._registry)

    def describe(self) -> list[Metric]:
        """Nothing: the registry need not look at the values to learn the names."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The present values."""
        sessions = self._hub.sessions
        yield InfoMetricFamily(f"{PREFIX}server", "The server", {"version": __version__})
        for name, help, value in (
            ("connections", "Connections, also those that are not in a session yet", self._doors.count),
            ("sessions", "Sessions that somebody is in", len(sessions)),
            ("participants", "Connections that are in a session", sum(len(s.connections) for s in sessions)),
            ("sessions_waiting", "Sessions that wait for the disk", sum(s.is_late for s in sessions)),
            ("unstored_bytes", "What was taken in and is not stored yet", self._hub.unstored.total),
        ):
            yield GaugeMetricFamily(PREFIX + name, help, value)
        if self._standby is not None:
            yield from _of_standby(self._standby)
        yield from _counted(self._hub.tally)


def _of_standby(standby: StandbyService) -> Iterator[Metric]:
    followers = standby.followers
    for name, help, value in (
        ("standbys", "Standbys that follow this server", followers.count),
        ("standby_lag_changes", "Changes that no standby has on its disk yet", followers.lag),
        ("standby_lag_seconds", "For how long there have been such changes", followers.lag_seconds),
        ("standby_alone", "1 while this server saves without a standby", followers.is_alone),
        ("copy_limited", "1 if this server is a standby that a limit keeps from copying", standby.is_limited),
    ):
        yield GaugeMetricFamily(PREFIX + name, help, value)


def _counted(tally: Tally) -> Iterator[Metric]:
    for name, help, value in (
        ("messages", "Messages that were read", tally.messages),
        ("message_chars", "Characters of these messages", tally.message_chars),
        ("changes_stored", "Changes that were stored", tally.changes),
    ):
        yield CounterMetricFamily(PREFIX + name, help, value)
    yield _histogram("store_seconds", "How long it took to store the changes of a session", tally.storing)
    for name, help, counts in (
        ("connections_refused", "Connections that were not let in, by reason", tally.refused),
        ("connections_closed", "Connections that the server closed, by reason", tally.closed),
    ):
        family = CounterMetricFamily(PREFIX + name, help, labels=["reason"])
        for reason, count in counts.items():
            family.add_metric([reason], count)
        yield family


def _histogram(name: str, help: str, durations: Durations) -> Metric:
    ends = [*map(str, BUCKETS_S), "+Inf"]
    buckets = list(zip(ends, map(float, accumulate(durations.counts)), strict=True))
    return HistogramMetricFamily(PREFIX + name, help, buckets, durations.total_s)
