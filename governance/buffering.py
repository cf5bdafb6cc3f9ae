"""Requests read whole before a thread works on them, answers handed over whole before they are sent.

A web process has few threads, because what they do is processor time. A telephone on a weak line sends a photo for
minutes, and reads a page as slowly; whoever means ill sends a login form a byte at a time. Neither may hold a thread:
the event loop waits for them, with a deadline that grows with what they announced, and keeps what is large on disk.

A header whose name has an underscore is dropped, as servers do: to WSGI `X_Forwarded_For` is `X-Forwarded-For`, and no
proxy has looked at it.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import IO, Any

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

IN_MEMORY = 256 * 1024
BLOCK = 64 * 1024
PATIENCE = 20.0
"""Seconds for a request of no size, and the longest silence within one."""
SLOWEST = 4 * 1024
"""Bytes a second that a weak line manages; what is announced has that much more time."""


class _Refused(Exception):
    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class _Gone(Exception):
    """The client has hung up."""


class Buffered:
    """An ASGI application before another one; `most` bytes are the largest request."""

    def __init__(self, app: App, *, most: int, patience: float = PATIENCE) -> None:
        self._app, self._most, self._patience = app, most, patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["headers"] = [(name, value) for name, value in scope["headers"] if b"_" not in name]
        try:
            async with self._read(scope, receive) as body, _answer() as answer:
                await self._app(scope, body, answer.take)
                await answer.hand_over(send)
        except _Refused as refused:
            await _say(send, refused.status)
        except _Gone:
            return

    @asynccontextmanager
    async def _read(self, scope: Scope, receive: Receive) -> AsyncIterator[Receive]:
        """What the application receives: the whole body, then that nothing more comes."""
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
            yield _replayed(kept)

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


def _length(scope: Scope) -> int:
    given = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(given) if given.isdigit() else 0


def _replayed(kept: IO[bytes]) -> Receive:
    async def receive() -> Message:
        block = kept.read(BLOCK)
        return {"type": "http.request", "body": block, "more_body": len(block) == BLOCK}

    return receive


class _Answer:
    """An answer as the application gives it, then as the client takes it."""

    def __init__(self, kept: IO[bytes]) -> None:
        self._kept = kept
        self._start: Message | None = None

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        else:
            self._kept.write(message.get("body", b""))

    async def hand_over(self, send: Send) -> None:
        if self._start is None:
            raise RuntimeError("the application gave no answer")
        await send(self._start)
        self._kept.seek(0)
        while block := self._kept.read(BLOCK):
            await send({"type": "http.response.body", "body": block, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


@asynccontextmanager
async def _answer() -> AsyncIterator[_Answer]:
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as kept:
        yield _Answer(kept)


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
