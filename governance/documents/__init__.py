"""Documents drawn from the code itself, so that they cannot go stale: step tables, entities. A test compares them.

`manage.py draw` writes them into docs/. Must not read a database.
"""

from django.utils import translation


def written() -> dict[str, str]:
    """The text of each drawn document by its name under docs/."""
    from governance.documents import entities, tables
    from issues.workflow import drawing

    with translation.override("zh-hans"):
        return {
            "workflow.md": drawing.document(),
            "tables.md": tables.document(),
            "entities.md": entities.document(),
        }
