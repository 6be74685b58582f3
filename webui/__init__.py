"""The web entrance: `create_app` puts the screens together. It decides nothing; views parse, call one service, render.

A screen is one module with one blueprint, named in `SCREENS`; the rail shows the screens that are here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from flask import Flask

from webui import errors, frame, language, marking, security, session, tracing, written

if TYPE_CHECKING:
    from archive.bootstrap import Application

# Modules of this package that hold a blueprint called `screen`.
SCREENS = (
    "signin", "search", "viewer", "iiif", "api", "intake", "review", "lending", "lending_register", "people",
    "people_own", "dossiers", "arranging", "health", "probes",
)  # fmt: skip


def create_app(application: Application) -> Flask:
    """The web application on an archive that `archive.bootstrap.build` made."""
    app = Flask(__name__)
    app.extensions["archive"] = application
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    tracing.install(app)  # the first at a request and the last at its answer
    security.protect(app, application.secret_key)
    for part in (session, language, written, marking, frame, errors):
        part.install(app)
    for name in SCREENS:
        app.register_blueprint(import_module(f"webui.{name}").screen)
    return app
