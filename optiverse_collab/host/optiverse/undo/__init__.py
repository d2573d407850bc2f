"""Limits the editor's undo stack to its own user's edits while others edit the same bench.

Others' edits are never on the stack.
"""
