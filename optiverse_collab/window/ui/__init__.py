"""Widgets: the connect dialog, questions, the status bar's part, people, others' cursors.

They emit the user's requests and show the given state; the controller does the rest. Their texts are in
`wording.dialogs`.
"""
