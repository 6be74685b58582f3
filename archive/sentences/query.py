"""Sentences about query."""

SENTENCES: dict[str, tuple[str, str]] = {}
