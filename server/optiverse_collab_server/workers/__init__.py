"""Several processes that serve one data folder: one accepts connections, its workers have the sessions.

Not here: what a worker does with a connection, which is what a server of one process does.
"""
