"""How the server grows: participants, items, edits in the past, and sessions, one of them at a time."""
