"""The window and its file: another bench was opened, something is not saved.

What is in a file is read and written by the editor itself, and by `convert`.
"""
