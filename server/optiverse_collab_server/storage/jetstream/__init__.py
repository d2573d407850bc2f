"""Storage in NATS JetStream, which several servers share (docs/decisions/0055-nats-jetstream.md)."""
