"""The WSGI entry point for gunicorn.

Pages are loaded along with it: with `--preload` all workers share that memory, and a new worker
answers its first request as fast as any other.
"""

import gc
import os
from importlib import import_module

from portal import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
embedded.ensure()

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402 (the servers must be known before settings load)

application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()  # what is there to stay is no longer looked through, and stays shared after a fork
