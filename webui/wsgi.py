"""The web process: `gunicorn "webui.wsgi:make()"`."""

from __future__ import annotations

from flask import Flask

from archive.bootstrap import build
from archive.config import settings
from webui import create_app


def make() -> Flask:
    """The web application on the archive of this process's settings."""
    return create_app(build(settings()))
