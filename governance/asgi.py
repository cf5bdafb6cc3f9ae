"""Entry of the web processes: Django's WSGI application in a few threads, behind the buffering of slow clients.

Django's own ASGI handler would run each request in a thread of its own, without a kept connection to the database.
"""

import os
from typing import Any, cast

from a2wsgi import WSGIMiddleware

from governance.buffering import App, Buffered
from governance.wsgi import application as pages

THREADS = int(os.environ.get("WEB_THREADS", "3"))
"""Requests that a process works on at the same time, each with its connection to the database."""
MOST = 100 * 1024 * 1024
"""Bytes of a request: nine photos of ten megabytes and the words beside them."""
_in_threads = WSGIMiddleware(cast(Any, pages), workers=THREADS)
application = Buffered(cast(App, _in_threads), most=MOST)
