"""Widgets: the connect dialog, questions, the status bar's part, people, others' cursors.

They emit what the user wants and show what they are given; the controller does the rest. Their texts are in
`wording.dialogs`.
"""
