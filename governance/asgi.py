"""Entry of the web processes: Django's WSGI application in a few threads, behind the buffering of slow clients.

Django's own ASGI handler would run each request in a thread of its own, without a kept connection to the database.
"""

import gc
import os

from django.urls import get_resolver

from governance.buffering import Buffered
from governance.wsgi import application as pages

THREADS = int(os.environ.get("WEB_THREADS", "3"))
"""Requests that a process works on at the same time, each with its connection to the database."""
MOST = 100 * 1024 * 1024
"""Bytes of a request: nine photos of ten megabytes and the words beside them."""

# What is loaded by now stays for good, so the collector need not walk it; and a page makes objects by the ten
# thousand that are freed without it, so that it need not look at each seven hundred of them.
_every_page = get_resolver().url_patterns
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)

application = Buffered(pages, threads=THREADS, most=MOST)
