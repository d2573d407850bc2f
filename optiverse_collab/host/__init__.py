"""What we need of any editor, and the adapters for the editors that we know.

Code about editors, with or without a session, belongs here. It doesn't know sessions, connections or our
widgets.
"""
