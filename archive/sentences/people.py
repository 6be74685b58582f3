"""Sentences about people."""

SENTENCES: dict[str, tuple[str, str]] = {}
