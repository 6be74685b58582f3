"""The version of this program, as workers and the health screen tell it."""

VERSION = "0.1.0"  # the same as in pyproject.toml; a test compares them
