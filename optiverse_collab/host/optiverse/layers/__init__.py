"""Groups, layers and stacking: the list of 0.2 and the tree of 0.3, and the panel that shows them."""
