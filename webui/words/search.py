"""Words of the search screen."""

WORDS: dict[str, str] = {}
