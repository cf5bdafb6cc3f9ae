"""What everybody else waits while hundreds of telephones on a weak line send a body a few bytes at a time."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from benchmarks.browser import Browser
from benchmarks.together import warm

TRICKLERS, UPLOADS = 500, 20
"""Login forms that come a byte at a time; photos that take minutes."""
PHOTO = 2 * 1024 * 1024
PAUSE = 2.0
READS = 120


def beside_slow_clients(port: int) -> str:
    """Milliseconds of READS pages, median and worst, while the slow ones hang on."""
    reader = warm(Browser(port))
    with _slow_clients(port):
        times = [reader.timed("/c/") for _n in range(READS)]
    return f"{median(times):.0f} / {max(times):.0f} ms"


@contextmanager
def _slow_clients(port: int) -> Iterator[None]:
    ready, over = threading.Event(), threading.Event()
    crowd = threading.Thread(target=lambda: asyncio.run(_hang_on(port, ready, over)))
    crowd.start()
    ready.wait(60)
    try:
        yield
    finally:
        over.set()
        crowd.join()


async def _hang_on(port: int, ready: threading.Event, over: threading.Event) -> None:
    forms = [_send(port, 600, b"u", over) for _n in range(TRICKLERS)]
    photos = [_send(port, PHOTO, b"p" * 8192, over) for _n in range(UPLOADS)]
    sending = [asyncio.create_task(one) for one in (*forms, *photos)]
    await asyncio.sleep(PAUSE)
    ready.set()
    await asyncio.gather(*sending)


async def _send(port: int, announced: int, piece: bytes, over: threading.Event) -> None:
    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {announced}\r\n"
    writer.write(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode())
    while not over.is_set():
        writer.write(piece)
        await asyncio.sleep(PAUSE)
    writer.transport.abort()
