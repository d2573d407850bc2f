"""Storage in NATS JetStream, which several servers share (docs/decisions/0055-nats-jetstream.md).

Which of them may append is decided in the core's ``ownership``; here are NATS and the form of the log.
"""
