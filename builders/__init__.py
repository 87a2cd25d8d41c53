"""The content: one task a file, one source a file under `sources/`, the wordings under `templates/`."""
