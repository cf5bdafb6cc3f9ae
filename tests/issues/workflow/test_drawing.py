"""The document about the workflow says what the table says."""

from pathlib import Path

from django.conf import settings

from issues.workflow.drawing import document


def test_the_document_is_up_to_date():
    written = (Path(settings.BASE_DIR) / "docs/workflow.md").read_text(encoding="utf-8")
    assert written == document(), "run manage.py draw_workflow"
