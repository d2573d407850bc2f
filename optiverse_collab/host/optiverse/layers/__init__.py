"""Groups, layers and stacking: the list of 0.2, the tree of 0.3, and the panel that shows them.

What an item is, apart from its place among the others, is in `items`.
"""
