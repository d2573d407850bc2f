"""Our data on the user's disk: the replicas of sessions, and our log.

Plain files and threads: no Qt, no windows, and no decisions about what to write when. For replicas,
`core.client.write_ahead` decides; this package stores them so that they survive a crash (DISK in
docs/protocol.md).
"""
