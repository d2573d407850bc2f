"""What we touch of Optiverse, declared: only these modules know its names, its versions and where it is."""
