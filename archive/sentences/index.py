"""Sentences about index."""

SENTENCES: dict[str, tuple[str, str]] = {}
