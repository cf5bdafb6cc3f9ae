"""Where the queue is mounted; `issues.urls` includes this list."""

from django.urls import URLPattern, path

from issues.views import queue

queue_urls: list[URLPattern] = [path("t/", queue.index, name="queue")]
