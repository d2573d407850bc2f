"""Sentences for users: log lines, connections, edits, dialogs.

Pure: effects in, text out. The text of an error is where the error is raised; layout is in `window.ui`; menu
texts are in plugin.toml.
"""
