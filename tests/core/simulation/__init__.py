"""Deterministic simulation of a session: real replicas and a real room on a simulated wire.

One seed determines everything: who edits what, which message is delivered when, which attempt to connect is
refused, who loses the connection and how, when storage finishes, who crashes. The invariants are checked
after every step (`checks`, `server`, `truth`, `disk`, `policy`, `silence`, `flow`, `hosting`, `attendance`,
`paging`, `rights`) and at the end (`finish`). A step is data, so that a history can be printed, replayed,
shrunk and pinned in ``tests/data/simulation``::

    python -m tests.core.simulation.soak --seeds 1000000 --start 2000
    python -m tests.core.simulation.replay tests/data/simulation/NAME.json

Tests also prove that the simulation detects faults: the modules `..._mutations` break the core in many
ways, and it must notice each one.
"""
