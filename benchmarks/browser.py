"""A client that signs in and keeps its cookies, for measuring pages over a real connection."""

import gzip
import http.client
import re
from html import unescape
from time import perf_counter
from urllib.parse import urlencode

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Unexpected(Exception):
    """A page answered with another status than the one measured."""


class Browser:
    """One person's browser: one kept-alive connection, cookies, the hidden fields of the last page.

    `address` is where the person seems to come from, behind the proxy.
    """

    def __init__(self, port: int, address: str = "10.0.0.1") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.address = address
        self.cookies: dict[str, str] = {}
        self.hidden: dict[str, str] = {}

    def sign_in(self, username: str, password: str) -> "Browser":
        self.open("/login/")
        self.send("/login/", username=username, password=password)
        return self

    def open(self, path: str) -> str:
        """A page read as a person would: its text, and its hidden fields kept for the next form."""
        status, body = self._ask("GET", path, None)
        if status != 200:
            raise Unexpected(f"GET {path}: {status}")
        text = gzip.decompress(body).decode() if body[:2] == b"\x1f\x8b" else body.decode()
        self.hidden = {name: unescape(value) for name, value in HIDDEN.findall(text)}
        return text

    def send(self, path: str, **fields: str) -> None:
        """The form of the last page, filled in and sent; anything but a redirect is an error."""
        status, _body = self._ask("POST", path, urlencode({**self.hidden, **fields}))
        if status not in (302, 303):
            raise Unexpected(f"POST {path}: {status}")

    def timed(self, path: str) -> float:
        """Milliseconds from asking for a page until its last byte."""
        began = perf_counter()
        status, _body = self._ask("GET", path, None)
        took = (perf_counter() - began) * 1000
        if status != 200:
            raise Unexpected(f"GET {path}: {status}")
        return took

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, bytes]:
        headers = {"Accept-Encoding": "gzip", "X-Forwarded-For": self.address}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError):  # idle for too long; it connects anew
            self.connection.close()
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";", 1)[0]
        return response.status, response.read()
