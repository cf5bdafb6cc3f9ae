"""Slow clients hold no thread: bodies are read before one is taken, answers handed over after it is free."""

import asyncio
import threading
from typing import Any

import pytest

from governance.buffering import BLOCK, Buffered

Messages = list[dict[str, Any]]


def scope(length: int | None = None) -> dict[str, Any]:
    headers = [] if length is None else [(b"content-length", str(length).encode())]
    return {
        "type": "http", "method": "POST", "path": "/", "query_string": b"", "http_version": "1.1", "headers": headers,
    }  # fmt: skip


def client(*parts: bytes, pause: float = 0, ends: bool = True) -> Any:
    """What a client sends, with a pause before each part; without an end it falls silent."""
    waiting = list(parts)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause if waiting else 3600)
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting) or not ends}

    return receive


def ask(application: Any, given: dict[str, Any], receive: Any) -> Messages:
    sent: Messages = []

    async def send(message: Any) -> None:
        sent.append(dict(message))

    asyncio.run(application(given, receive, send))
    return sent


def said(sent: Messages) -> tuple[int, bytes]:
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def echo(environ: Any, start_response: Any) -> list[bytes]:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(len(body)).encode(), b":", body[:10]]


def served(app: Any = echo, *, most: int = 10**6, patience: float = 5) -> Buffered:
    return Buffered(app, threads=1, most=most, patience=patience)


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, 5 * BLOCK + 3])
def test_a_body_in_pieces_arrives_whole(size: int) -> None:
    body = b"x" * size
    parts = [body[at : at + 1000] for at in range(0, size, 1000)] or [b""]
    assert said(ask(served(), scope(size), client(*parts))) == (200, str(size).encode() + b":" + body[:10])


def test_who_announces_or_sends_too_much_is_told() -> None:
    status, words = said(ask(served(most=100), scope(101), client(b"x")))
    assert status == 413
    assert "太大" in words.decode()
    assert said(ask(served(most=100), scope(), client(b"x" * 60, b"x" * 60)))[0] == 413


def test_who_falls_silent_or_trickles_is_told_and_reaches_no_thread() -> None:
    def never(_environ: Any, _start: Any) -> list[bytes]:
        pytest.fail("a thread was taken")

    status, words = said(ask(served(never, patience=0.2), scope(500), client(b"x", ends=False)))
    assert status == 408
    assert "再试一次" in words.decode()
    assert said(ask(served(never, patience=0.2), scope(500), client(*[b"x"] * 500, pause=0.15)))[0] == 408


def test_who_announces_much_has_more_time() -> None:
    assert said(ask(served(patience=0.5), scope(8 * 4096), client(b"x", b"y", b"z", pause=0.3)))[0] == 200


def test_who_hangs_up_gets_nothing_and_reaches_no_thread() -> None:
    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    def never(_environ: Any, _start: Any) -> list[bytes]:
        pytest.fail("a thread was taken")

    assert ask(served(never), scope(10), gone) == []


def test_a_slow_reader_holds_no_thread() -> None:
    """With one thread, somebody is served while another takes their long page block by block."""
    free = threading.Event()

    def long_page(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"x" * (4 * BLOCK)]

    application = served(long_page)

    async def both() -> list[str]:
        order: list[str] = []

        async def slowly(_message: Any) -> None:
            await asyncio.to_thread(free.wait, 5)
            order.append("slow")

        async def quickly(_message: Any) -> None:
            order.append("quick")

        slow = asyncio.create_task(application(scope(0), client(b""), slowly))
        await asyncio.sleep(0.2)
        await application(scope(0), client(b""), quickly)
        free.set()
        await slow
        return order

    order = asyncio.run(both())
    assert order.index("slow") > order.index("quick")
    assert order.count("slow") == order.count("quick") == 6


def test_a_header_that_only_looks_like_the_proxys_is_dropped() -> None:
    def address(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [environ.get("HTTP_X_FORWARDED_FOR", "").encode()]

    given = scope(0)
    given["headers"] += [(b"x-forwarded-for", b"10.0.0.1"), (b"x_forwarded_for", b"6.6.6.6")]
    assert said(ask(served(address), given, client(b""))) == (200, b"10.0.0.1")


def test_an_address_and_headers_reach_the_pages_as_they_were_meant() -> None:
    def heard(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [f"{environ['PATH_INFO']} {environ['QUERY_STRING']} {environ['HTTP_ACCEPT']}".encode("latin1")]

    given = scope(0) | {"path": "/村/", "query_string": b"q=a%20b&r=\xff"}
    given["headers"] += [(b"accept", b"a"), (b"accept", b"b")]
    status, words = said(ask(served(heard), given, client(b"")))
    assert (status, words.decode()) == (200, "/村/ q=a%20b&r=%FF a,b")


def test_a_page_that_fails_leaves_its_thread_to_the_next() -> None:
    closed: list[bool] = []

    class Page(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def silent(_environ: Any, _start: Any) -> Page:
        return Page()

    application = served(silent)
    for _n in range(2):
        with pytest.raises(RuntimeError, match="no answer"):
            ask(application, scope(0), client(b""))
    assert closed == [True, True]
