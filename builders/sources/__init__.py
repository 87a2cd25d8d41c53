"""One upstream data set a file; the module's `SOURCE` says everything about it."""
