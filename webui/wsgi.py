"""The web process: `gunicorn "webui.wsgi:make()"`."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from archive.bootstrap import build_whole
from archive.config import settings
from webui import create_app


def make() -> Flask:
    """The web application on the archive of this process's settings."""
    app = create_app(build_whole(settings()))
    if proxies := settings().web_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app
