"""WSGI entry of the web processes. An unsafe production installation does not start."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
application = get_wsgi_application()

from governance.safety import refuse_unsafe_start  # noqa: E402  (needs the loaded apps)

refuse_unsafe_start()
