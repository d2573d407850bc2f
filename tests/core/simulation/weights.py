"""How often each step is tried: a table for each sort of trouble."""

from __future__ import annotations

_WEIGHTS = {
    "edit": 240,
    "undo": 25,
    "poll": 150,
    "up": 150,
    "down": 260,
    "take": 50,
    "commit": 50,
    "tick": 80,
    "connect": 150,
    "refuse": 20,
    "show": 20,
    "host": 8,
    "drag": 2,
    "depart": 3,
    "cut": 10,
    "late": 14,
    "notice": 5,
    "drop": 6,
    "close": 4,
    "leave": 2,
    "hurry": 12,
    "late_news": 4,
    "timer": 6,
    "reboot": 3,
    "keep_copy": 3,
    "revive": 2,
    "behind": 4,
    "away": 4,
    "compact": 15,
    "settle": 6,
    "restart": 1,
    "crash": 2,
    "resend": 6,
    "write": 150,
    "kill": 4,
    "power_cut": 3,
    "disk_fails": 6,
    "clone": 1,
    "dismiss": 4,
}
_FAULTS = {"lose": 45, "corrupt": 12, "replace": 2, "rollback": 3, "renew": 20}


def _table(weights: dict[str, int]) -> tuple[str, ...]:
    return tuple(name for name, weight in weights.items() for _ in range(weight))


PROFILES = (
    _table(_WEIGHTS),
    _table({**_WEIGHTS, "cut": 60, "late": 60, "reboot": 20}),  # bad network
    _table({**_WEIGHTS, "cut": 30, "close": 20, "leave": 10, "late_news": 20, "refuse": 120}),  # bad attempts
    _table({**_WEIGHTS, "crash": 15, "restart": 5, "commit": 25, "compact": 25}),  # bad server
    _table({**_WEIGHTS, "take": 12, "commit": 6}),  # slow storage
    _table({**_WEIGHTS, "kill": 20, "power_cut": 15, "disk_fails": 40, "clone": 5}),  # bad disks
    _table({**_WEIGHTS, "role": 30, "cut": 20, "revive": 4, "clone": 2}),  # rights that come and go
    _table({**_WEIGHTS, **_FAULTS}),  # faults that should never happen
)
