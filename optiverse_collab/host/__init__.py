"""What we need of any editor, and the adapters for the editors that we know.

Here belongs what is true of editors, with or without a session. It doesn't know sessions, connections or our
widgets.
"""
