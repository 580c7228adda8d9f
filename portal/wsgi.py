"""The WSGI entry point for gunicorn."""

import os

from portal import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
embedded.ensure()

from django.core.wsgi import get_wsgi_application  # noqa: E402 (the servers must be known before settings load)

application = get_wsgi_application()
