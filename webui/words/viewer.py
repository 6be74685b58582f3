"""Words of the viewer."""

WORDS: dict[str, str] = {}
