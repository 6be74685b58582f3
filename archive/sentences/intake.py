"""Sentences about intake."""

SENTENCES: dict[str, tuple[str, str]] = {}
