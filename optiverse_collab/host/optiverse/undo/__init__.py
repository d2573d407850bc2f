"""The editor's undo stack, kept to what its own user did while others edit the same bench.

No steps of ours: what others do is never on the stack.
"""
