"""The client's half of the core: a replica, its session, and the decisions in a connection's life.

No sockets, timers, random numbers or sentences: a driver brings the first three, `wording` the last. It
doesn't know `core.server`.
"""
