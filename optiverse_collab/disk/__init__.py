"""What we keep on the user's disk: the replicas of the sessions that windows are in, and our log.

Plain files and threads: no Qt, nothing of a window, and nothing that decides what to write, and when. For
replicas, that is `core.client.write_ahead`; here is how they are stored so that they survive a crash (DISK in
docs/protocol.md).
"""
