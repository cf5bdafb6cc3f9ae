"""A WSGI application in a few threads, behind an event loop that waits for slow clients.

Requests are read whole before a thread works on them, answers are complete before they are sent.

A web process has few threads, because what they do is processor time. A telephone on a weak line sends a photo for
minutes, and reads a page as slowly; whoever means ill sends a login form a byte at a time. Neither may hold a thread:
the event loop waits for them, with a deadline that grows with what they announced, and keeps what is large on disk.

A header whose name has an underscore is dropped, as servers do: to WSGI `X_Forwarded_For` is `X-Forwarded-For`, and no
proxy has looked at it.
"""

import asyncio
import contextvars
import string
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from http import HTTPStatus
from typing import IO, Any
from urllib.parse import quote_from_bytes

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]
Pages = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

IN_MEMORY = 256 * 1024
BLOCK = 64 * 1024
PATIENCE = 20.0
"""Seconds for a request of no size, and the longest silence within one."""
SLOWEST = 4 * 1024
"""Bytes a second that a weak line manages; what is announced has that much more time."""
_HERE = ("localhost", 80)


class _Refused(Exception):
    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class _Gone(Exception):
    """The client has hung up."""


class Buffered:
    """The ASGI application that serves `pages` in `threads`; `most` bytes are the largest request.

    Between loop and thread a request crosses once each way: what is read lies ready, what is answered is collected.
    """

    def __init__(self, pages: Pages, *, threads: int, most: int, patience: float = PATIENCE) -> None:
        self._pages, self._most, self._patience = pages, most, patience
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with self._read(scope, receive) as body:
                await self._serve(_environ(scope, body), send)
        except _Refused as refused:
            await _say(send, refused.status)
        except _Gone:
            return

    @asynccontextmanager
    async def _read(self, scope: Scope, receive: Receive) -> AsyncIterator[IO[bytes]]:
        """The whole body, to be read from its beginning."""
        announced = _length(scope)
        if announced > self._most:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as kept:
            try:
                async with asyncio.timeout(self._patience + announced / SLOWEST):
                    await self._fill(kept, receive)
            except TimeoutError:
                raise _Refused(HTTPStatus.REQUEST_TIMEOUT) from None
            kept.seek(0)
            yield kept

    async def _fill(self, kept: IO[bytes], receive: Receive) -> None:
        while True:
            async with asyncio.timeout(self._patience):
                message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            kept.write(message.get("body", b""))
            if kept.tell() > self._most:
                raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            if not message.get("more_body", False):
                return

    async def _serve(self, environ: Environ, send: Send) -> None:
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as answer:
            work = contextvars.copy_context().run
            start = await asyncio.get_running_loop().run_in_executor(
                self._threads, work, _answered, self._pages, environ, answer
            )
            answer.seek(0)
            await send(start)
            while block := answer.read(BLOCK):
                await send({"type": "http.response.body", "body": block, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def _length(scope: Scope) -> int:
    given = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(given) if given.isdigit() else 0


def _environ(scope: Scope, body: IO[bytes]) -> Environ:
    """The request as PEP 3333 has it; bytes that no address may have are written as if they had been escaped."""
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin1"),
        "QUERY_STRING": quote_from_bytes(scope["query_string"], safe=string.printable),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    environ["SERVER_NAME"], environ["SERVER_PORT"] = map(str, scope.get("server") or _HERE)
    environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = map(str, scope.get("client") or _HERE)
    for key, value in scope["headers"]:
        if b"_" in key:
            continue
        name = key.decode("latin1").upper().replace("-", "_")
        name = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
        said = value.decode("latin1")
        environ[name] = f"{environ[name]},{said}" if name in environ else said
    return environ


def _answered(pages: Pages, environ: Environ, answer: IO[bytes]) -> Message:
    """Work on a request, in a thread: its answer is written into `answer`, how it starts is told."""
    started: Message = {}

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], int]:
        started.update(
            type="http.response.start",
            status=int(status.split(" ", 1)[0]),
            headers=[(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers],
        )
        return answer.write

    said = pages(environ, start_response)
    with ExitStack() as after:
        after.callback(getattr(said, "close", lambda: None))
        answer.writelines(said)
    if not started:
        raise RuntimeError("the application gave no answer")
    return started


async def _say(send: Send, status: HTTPStatus) -> None:
    """A refusal before there is a page: nobody reads it but who was too slow or too large."""
    said = {
        HTTPStatus.REQUEST_TIMEOUT: "网络太慢，没有收全，请再试一次。",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "一次发送的内容太大，请减少照片或文件后再试。",
    }[status].encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(said)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": said, "more_body": False})
