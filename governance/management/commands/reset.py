"""`manage.py reset`: delete what this installation keeps in DATA_DIR, so that the next start is the first.

Asks when a person sits at the terminal. It deletes only the names listed here, and never a database server's
data.
"""

import fcntl
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from governance.management.commands.serve import LOCK_FILE
from governance.running.preparing import UNFINISHED

FOLDERS = ("media", "broker", "static")
FILES = ("secret_key", "broker-url", "greeting", "trail-heads.txt", UNFINISHED)
PATTERNS = ("shanzhi.sqlite3*", "celerybeat-schedule*")


class Command(BaseCommand):
    help = "清空本机数据（数据库文件、附件、静态文件、密钥），重新开始"
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        data_dir = Path(settings.DATA_DIR)
        if settings.PRODUCTION:
            raise CommandError("生产环境不提供重置。")
        _refuse_while_serving(data_dir)
        if sys.stdin.isatty() and input(f"将删除 {data_dir} 中的全部数据，输入 yes 继续：").strip() != "yes":
            raise CommandError("已取消，没有删除任何东西。")
        connections.close_all()
        for name in FOLDERS:
            shutil.rmtree(data_dir / name, ignore_errors=True)
        for path in [
            *(found for pattern in PATTERNS for found in data_dir.glob(pattern)),
            *(data_dir / name for name in FILES),
        ]:
            path.unlink(missing_ok=True)
        self.stdout.write(f"已清空 {data_dir}。")
        if settings.DATABASE_URL:
            self.stdout.write("DATABASE_URL 指向的数据库没有改动，请自行清空。")


def _refuse_while_serving(data_dir: Path) -> None:
    handle = os.open(data_dir / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandError("网站正在运行，请先按 Ctrl-C 停止。") from None
    finally:
        os.close(handle)
