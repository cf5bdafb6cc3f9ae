"""What runs on SQLite covers every module that speaks to the engine itself."""

from pathlib import Path

from tests.engines import EVERYWHERE, TRIED, on_sqlite, speaking
from tests.run import PACKAGES


def test_every_module_that_speaks_to_the_engine_is_tried_on_sqlite(project_root: Path) -> None:
    found = speaking(project_root, PACKAGES)
    assert not found - TRIED.keys(), "name the tests that try it on SQLite in tests/engines.py"
    assert not TRIED.keys() - found, "no longer speaks to the engine"


def test_what_is_named_is_there(project_root: Path) -> None:
    for name in on_sqlite():
        file, _colons, test = name.partition("::")
        assert (project_root / file).exists(), name
        assert not test or f"def {test}(" in (project_root / file).read_text(), name
    assert set(EVERYWHERE) <= set(on_sqlite())


def test_words_that_speak_are_seen(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    lines = {
        "vendor": "if connection.vendor == 'sqlite': pass",
        "statement": "with connection.cursor() as cursor: pass",
        "kept": "from core.rows.prepared import Read",
        "ignored": "rows.bulk_create([], ignore_conflicts=True)",
        "beside": "from core import clock, sql",
        "plain": "Ticket.objects.filter(pk=1)",
    }
    for name, line in lines.items():
        (tmp_path / "app" / f"{name}.py").write_text(line)
    assert speaking(tmp_path, ["app"]) == {f"app/{name}.py" for name in lines if name != "plain"}
