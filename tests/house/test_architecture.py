"""Rules of the house that no linter knows."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from tests.run import PACKAGES

LONGEST_FILE = 450
LONGEST_FUNCTION = 49
MOST_MODULES = 15


def sources(root: Path) -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in (root / package).rglob("*.py") if "migrations" not in path.parts)


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_the_workflow_table_knows_no_database(project_root: Path) -> None:
    modules = sorted((project_root / "issues" / "workflow").glob("*.py"))
    found = {name for path in modules for name in imported(path)}
    assert len(modules) > 3
    assert not [name for name in found if name == "django.db" or name.startswith("django.db.")]


def test_no_file_is_longer_than_a_reader_bears(project_root: Path) -> None:
    long = {
        str(path): lines
        for path in sources(project_root)
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_function_is_longer_than_a_reader_bears(project_root: Path) -> None:
    """Of the project and its benchmarks; decorators are not counted."""
    long = {
        f"{path.relative_to(project_root)}: {node.name}": lines
        for path in [*sources(project_root), *(project_root / "benchmarks").rglob("*.py")]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def test_a_room_holds_no_more_modules_than_one_can_know(project_root: Path) -> None:
    folders = {path.parent for path in sources(project_root)} | {project_root / "benchmarks"}
    folders |= {path.parent for path in (project_root / "tests").rglob("*.py")}
    modules = {folder: [path for path in folder.glob("*.py") if path.name != "__init__.py"] for folder in folders}
    assert {str(folder): len(found) for folder, found in modules.items() if len(found) > MOST_MODULES} == {}


def test_every_module_and_every_room_says_what_it_owns(project_root: Path) -> None:
    plain = {"urls.py", "admin.py", "apps.py"}
    given = {"management", "commands", "templatetags"}  # folders that Django names
    silent = [
        str(path.relative_to(project_root))
        for path in sources(project_root)
        if path.name not in plain
        and not (path.name == "__init__.py" and path.parent.name in given)
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_what_a_module_exports_is_there(project_root: Path) -> None:
    """`__all__` names only what can be imported."""
    for path in sources(project_root):
        if path.name != "__init__.py" or "__all__" not in path.read_text():
            continue
        module = import_module(".".join(path.relative_to(project_root).parent.parts))
        assert [name for name in module.__all__ if not hasattr(module, name)] == [], module.__name__


def test_the_supervisor_knows_no_django(project_root: Path) -> None:
    for name in ("supervisor", "guardian", "embedded", "joined_log"):
        found = imported(project_root / "governance" / "running" / f"{name}.py")
        assert not [module for module in found if module.split(".")[0] == "django"], name
