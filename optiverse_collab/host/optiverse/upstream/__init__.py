"""What we use of Optiverse: a Protocol for each of its objects that we touch, and the check that it is there.

Nothing private of the host's is touched that isn't declared here, and nothing of ours belongs here. What
would end the program is mended here too, before anything relies on it.
"""
