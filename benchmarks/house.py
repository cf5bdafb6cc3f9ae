"""The real installation, started as `make run` starts it: web server, worker, beat and broker."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.machine import peak_memory

START_SECONDS = 120


@dataclass
class House:
    """A running installation; `memory` is filled when it stops: peak resident MB of the processes of each kind."""

    port: int
    process: subprocess.Popen[bytes]
    memory: dict[str, list[int]] = field(default_factory=dict)


@contextmanager
def running() -> Iterator[House]:
    """`manage.py serve` on a free port, with the environment of this process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port)}
    process = subprocess.Popen([sys.executable, "manage.py", "serve"], env=env, stdout=subprocess.DEVNULL)
    house = House(port, process)
    try:
        _wait(house)
        yield house
        house.memory = peak_memory(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(house: House) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and house.process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the installation did not start")
