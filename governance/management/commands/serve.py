"""`manage.py serve`: prepare the installation, then become the supervisor of its processes.

`HOST` and `PORT` come from the environment. The process is replaced (exec), so its id stays the same and
Django's memory is given back.
"""

import errno
import fcntl
import os
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from governance.running.greeting import greeting
from governance.running.preparing import prepare
from governance.safety import refuse_unsafe_start

LOCK_FILE = "serve.lock"


class Command(BaseCommand):
    help = "运行网站和后台引擎（网页、工作进程、定时器、内置消息通道）"

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = os.environ.get("HOST") or "127.0.0.1", _port(os.environ.get("PORT") or "8000")
        _lock(settings.DATA_DIR)
        _check_address(host, port)
        prepare(self._say)
        try:
            refuse_unsafe_start()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        (settings.DATA_DIR / "greeting").write_text(greeting(host, port))
        connections.close_all()
        self._say("启动")
        env = {**os.environ, "HOST": host, "PORT": str(port), "DATA_DIR": str(settings.DATA_DIR)}
        os.execve(sys.executable, [sys.executable, "-m", "governance.running.supervisor"], env)  # noqa: S606 (fixed argv)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise CommandError(f"PORT 不是有效的端口号：{text}")
    return int(text)


def _lock(data_dir: Path) -> None:
    """Hold DATA_DIR for this process, across the exec; the kernel releases it when the process ends."""
    handle = os.open(data_dir / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandError(f"已有一个实例在使用 {data_dir}，请先停止它，或另设 DATA_DIR。") from None
    os.set_inheritable(handle, True)


def _check_address(host: str, port: int) -> None:
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CommandError(f"端口 {port} 已被占用，换一个试试：make run PORT={port + 1}") from None
        raise CommandError(f"不能在 {host}:{port} 上监听：{error.strerror or error}") from None
