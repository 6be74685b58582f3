"""Sentences about lending."""

SENTENCES: dict[str, tuple[str, str]] = {}
