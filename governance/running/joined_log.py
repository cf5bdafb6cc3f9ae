"""The one log of several processes: every line carries its time and the process it came from."""

import json
from datetime import UTC, datetime
from typing import TextIO

WIDTH = 6
_COLOURS = {"web": "36", "worker": "32", "beat": "35", "broker": "33", "house": "1"}


class JoinedLog:
    """Writes whole lines. As JSON, lines that already are JSON objects get the field `process`."""

    def __init__(self, out: TextIO, *, as_json: bool) -> None:
        self.out, self.as_json = out, as_json
        self.coloured = not as_json and out.isatty()

    def write(self, process: str, line: str) -> None:
        if not line.strip():
            return
        self._put(self._json(process, line) if self.as_json else self._readable(process, line))

    def block(self, text: str) -> None:
        """A message to the person at the terminal, set apart by blank lines."""
        if self.as_json:
            for line in text.splitlines():
                self.write("house", line)
            return
        self._put(f"\n{text.rstrip()}\n")

    def _readable(self, process: str, line: str) -> str:
        moment = datetime.now(UTC).astimezone().strftime("%H:%M:%S")
        name = f"{process:<{WIDTH}}"
        if self.coloured:
            name = f"\033[{_COLOURS.get(process, '0')}m{name}\033[0m"
        return f"{moment} {name} | {line}"

    def _json(self, process: str, line: str) -> str:
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            record = {"timestamp": datetime.now(UTC).isoformat(), "level": "info", "event": line}
        return json.dumps({**record, "process": process}, ensure_ascii=False)

    def _put(self, text: str) -> None:
        self.out.write(text + "\n")
        self.out.flush()
