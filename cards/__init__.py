"""The words about the data: cards rendered from a manifest alone."""
