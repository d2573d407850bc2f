"""Deterministic simulation of a session: real replicas and a real room on a wire that is not real.

One seed drives all: who edits what, which message is delivered when, which attempt to connect is refused, who
loses the connection and how, when storage is done, who crashes. What must hold is checked after every step
(`checks`, `server`, `truth`, `disk`, `policy`, `silence`, `flow`, `hosting`, `attendance`, `paging`,
`rights`) and at the end (`finish`). A step is data, so that a history can be printed, replayed, made shorter
and pinned in ``tests/data/simulation``::

    python -m tests.core.simulation.soak --seeds 1000000 --start 2000
    python -m tests.core.simulation.replay tests/data/simulation/NAME.json

That the simulation notices what is wrong is tested too: the modules `..._mutations` break the core in many
ways, and each must be noticed.
"""
