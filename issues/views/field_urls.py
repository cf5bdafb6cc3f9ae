"""Where the phone's and the residents' pages are mounted; `issues.urls` includes this list."""

from django.urls import URLPattern

field_urls: list[URLPattern] = []
