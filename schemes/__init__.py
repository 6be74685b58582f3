"""The filing schemes that come with the product: one YAML file a scheme, no code but finding them."""

from __future__ import annotations

from importlib import resources


def shipped() -> dict[str, str]:
    """The text of each shipped scheme's file, by the file's name without its ending."""
    files = sorted(resources.files(__name__).iterdir(), key=lambda file: file.name)
    return {file.name.removesuffix(".yaml"): file.read_text("utf-8") for file in files if file.name.endswith(".yaml")}
