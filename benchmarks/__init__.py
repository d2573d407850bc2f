"""What the server and the sync core cost, beside a bare relay: see README.md."""
