"""The generated secret of an installation that was given none: one file in its data folder.

Written whole under a private name and then linked into place, so that a reader sees either no file or a
complete one, and of two processes that start together both use the secret of the one that linked first.
"""

import os
import secrets
from pathlib import Path

FILE_NAME = "secret_key"


def secret_in(folder: Path) -> str:
    """Return the secret kept in `folder`, creating it once."""
    path = folder / FILE_NAME
    if not path.exists():
        _create(path)
    return path.read_text().strip()


def _create(path: Path) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return  # another process was faster: its secret is the one
    finally:
        draft.unlink()
