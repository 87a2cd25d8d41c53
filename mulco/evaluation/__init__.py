"""Judging models: the evaluation sets, which no training source may read."""
