"""A client that signs in and keeps its cookies, for measuring pages over a real connection."""

import http.client
import re
from time import perf_counter
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Client:
    """One person's browser: one kept-alive connection, cookies, the form token."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.token = ""

    def sign_in(self, username: str, password: str) -> None:
        self.get("/login/")
        status, _body = self.post("/login/", {"username": username, "password": password})
        if status not in (302, 303):
            raise RuntimeError(f"{username} could not sign in: {status}")

    def get(self, path: str) -> tuple[int, str]:
        status, body = self._send("GET", path, None)
        found = TOKEN.search(body)
        self.token = found[1] if found else self.token
        return status, body

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        return self._send("POST", path, urlencode({**fields, "csrfmiddlewaretoken": self.token}))

    def timed(self, path: str) -> float:
        """Milliseconds until the last byte of a page arrived."""
        began = perf_counter()
        status, _body = self._send("GET", path, None)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return (perf_counter() - began) * 1000

    def _send(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";", 1)[0]
        return response.status, response.read().decode("utf-8", "replace")
