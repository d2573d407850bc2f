"""The costs of the server and the sync core, compared with a bare relay: see README.md."""
