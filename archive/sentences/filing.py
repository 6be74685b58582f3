"""Sentences about filing."""

SENTENCES: dict[str, tuple[str, str]] = {}
