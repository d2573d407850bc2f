"""What we use of Optiverse: a Protocol for each of its objects, and the check that it exists.

No private name of the host is used without a declaration here, and none of our code belongs here. Host
bugs that would end the program are patched here, too, before anything relies on it.
"""
