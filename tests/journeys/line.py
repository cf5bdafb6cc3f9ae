"""A line between a browser and the server that can be cut: pages, scripts and the worker all lose the signal."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

BLOCK = 64 * 1024


class Line:
    """Relays to the server at `url`; while it `is_cut`, every connection ends at once."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "localhost", parts.port or 80)
        self._door = socket.create_server(("localhost", 0))
        self._open: set[socket.socket] = set()
        self.url = f"http://localhost:{self._door.getsockname()[1]}"
        self.is_cut = False
        threading.Thread(target=self._answer, daemon=True).start()

    def cut(self) -> None:
        self.is_cut = True
        for end in list(self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.is_cut = False

    @contextmanager
    def no_signal(self, *people: object) -> Iterator[None]:
        """The line is cut, and the browsers of these people know that they are offline."""
        self.cut()
        for person in people:
            person.page.context.set_offline(True)  # type: ignore[attr-defined]
        yield
        self.mend()
        for person in people:
            person.page.context.set_offline(False)  # type: ignore[attr-defined]

    def close(self) -> None:
        self.cut()
        self._door.close()

    def _answer(self) -> None:
        while True:
            try:
                near, _address = self._door.accept()
            except OSError:
                return
            if self.is_cut:
                near.close()
                continue
            far = socket.create_connection(self._server)
            self._open |= {near, far}
            for start, end in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(start, end), daemon=True).start()

    def _pump(self, start: socket.socket, end: socket.socket) -> None:
        with suppress(OSError):
            while block := start.recv(BLOCK):
                end.sendall(block)
        for one in (start, end):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
            self._open.discard(one)
