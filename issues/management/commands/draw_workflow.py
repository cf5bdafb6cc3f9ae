"""Write docs/workflow.md from the workflow table."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from issues.workflow.drawing import document


class Command(BaseCommand):
    help = "由流程表生成 docs/workflow.md。"

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("zh-hans"):
            (Path(settings.BASE_DIR) / "docs/workflow.md").write_text(document(), encoding="utf-8")
