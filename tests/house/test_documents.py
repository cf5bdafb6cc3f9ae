"""Documents that are drawn from the code say what the code says."""

from pathlib import Path

from core.process.steps import Table
from governance.documents import written
from governance.documents.tables import TABLES
from tests.house.test_architecture import sources


def test_the_documents_are_up_to_date(project_root: Path) -> None:
    for name, text in written().items():
        assert (project_root / "docs" / name).read_text(encoding="utf-8") == text, "run manage.py draw"


def test_every_table_is_drawn(project_root: Path) -> None:
    """A table that a new app brings is drawn too."""
    declared = {
        path.relative_to(project_root).as_posix()
        for path in sources(project_root)
        if " Table(_(" in path.read_text(encoding="utf-8")
    }
    assert declared == {source for source, _table in TABLES.values()}
    assert all(isinstance(table, Table) for _source, table in TABLES.values())
