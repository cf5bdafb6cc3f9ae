"""The generated secret of an installation that was given none: one file in its data folder."""

import os
import secrets
from pathlib import Path


def secret_in(folder: Path) -> str:
    """Return the secret kept in `folder`, creating it once; two processes starting together agree."""
    path = folder / "secret_key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(64))
    return path.read_text().strip()
