"""The command analyze: what a data set is made of."""
