"""A second server that has everything the first one has, and can take its place (STAND rules).

Here are both ends of the connection between the two, and which of them serves. What is stored, and how, is
left to `storage`.
"""
