"""Every sentence for users that is not the text of an error: log lines, connections, edits, dialogs.

Pure. Texts of errors are where they are raised; layout is in `window.ui`.
"""
