"""The client's half of the core: a replica, its session, and what a connection's life has to decide.

No sockets, no timers, no chance and no sentences: a driver brings the first three, `wording` the last. It
doesn't know `core.server`.
"""
