"""The command select: subsets of a data set for a study."""
