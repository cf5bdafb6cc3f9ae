"""WSGI entry of the web processes. An unsafe production installation does not start."""

import os

import django
from django.core.wsgi import get_wsgi_application

from governance.safety import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
django.setup()
refuse_unsafe_start()
application = get_wsgi_application()
