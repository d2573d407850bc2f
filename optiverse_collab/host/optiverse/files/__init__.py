"""The window and its file: another bench was opened, something is not saved.

The content of files is read and written by the editor itself, and by `convert`.
"""
