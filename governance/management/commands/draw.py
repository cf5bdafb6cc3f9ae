"""`manage.py draw`: write the documents that are drawn from the code."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from governance.documents import written


class Command(BaseCommand):
    help = "由代码生成 docs/ 下的流程、步骤表与实体图。"

    def handle(self, *args: Any, **options: Any) -> None:
        for name, text in written().items():
            (settings.BASE_DIR / "docs" / name).write_text(text, encoding="utf-8")
            self.stdout.write(f"docs/{name}")
