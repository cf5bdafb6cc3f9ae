"""A client that orders and works tickets over HTTP as people do, and keeps a journal of what was acknowledged.

A process of its own: `python journal_client.py CONFIG`. It knows nothing but addresses, forms and cookies. An act
that is not acknowledged is sent again, the very same form with the very same key, until it is; only then does it
stand in the journal (a line of JSON, flushed to the disk). It ends when the file `stop` appears, with 0 if every act
that was begun has been acknowledged.
"""

import http.client
import json
import os
import re
import sys
import threading
import time
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
NUMBER = re.compile(r'data-number="([^"]+)"')
PATIENCE = 90.0
ITEM = "D04"
DOWN = frozenset({500, 502, 503, 504})


class Unexpected(Exception):
    """An answer that no fault of ours explains."""


class Person:
    """Somebody with a browser: cookies, and an address of their own behind the proxy."""

    def __init__(self, port: int, session: str = "", address: str = "10.0.0.1") -> None:
        self.port, self.address = port, address
        self.cookies = {"sessionid": session} if session else {}

    def read(self, path: str) -> str:
        """A page, asked for again while the house is down."""
        status, _where, body = self._until(lambda: self._ask("GET", path, ""))
        if status != 200:
            raise Unexpected(f"GET {path}: {status}")
        return body

    def send(self, path: str, **fields: str) -> str:
        """Open the page with the form and send it until that is acknowledged; returns where it leads."""
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(self.read(path))}
        body = urlencode({**hidden, **fields})
        status, where, page = self._until(lambda: self._ask("POST", path, body))
        if status != 302 or where.startswith("/login"):
            raise Unexpected(f"POST {path}: {status} {where} {' '.join(re.sub('<[^>]*>', ' ', page).split())[:600]}")
        return where

    def _until(self, ask: Any) -> tuple[int, str, str]:
        ends = time.monotonic() + PATIENCE
        while True:
            try:
                answer: tuple[int, str, str] = ask()
                if answer[0] not in DOWN:
                    return answer
                reason = str(answer[0])
            except (OSError, http.client.HTTPException) as error:
                reason = repr(error)
            if time.monotonic() > ends:
                raise Unexpected(f"down for {PATIENCE} s: {reason}")
            time.sleep(0.2)

    def _ask(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {
            "X-Forwarded-For": self.address,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";", 1)[0]
        return response.status, response.headers.get("Location", ""), text


def numbers_of(person: Person, marker: str) -> list[str]:
    """The tickets that the queue finds by this word."""
    return NUMBER.findall(person.read(f"/t/?view=all&q={quote(marker)}"))


class Line:
    """One grid: its residents order, its worker works, one ticket after the other."""

    def __init__(self, config: dict[str, Any], n: int, journal: "Journal") -> None:
        self.config, self.n, self.journal = config, n, journal
        self.worker = Person(config["port"], config["grids"][n]["session"])
        self.stop = Path(config["stop"])

    def run(self) -> None:
        done = 0
        while not self.stop.exists():
            self.ticket(f"J{self.n}X{done:04d}Z")
            done += 1

    def ticket(self, marker: str) -> None:
        serial = int(marker[3:-1])
        resident = Person(self.config["port"], address=f"10.{self.n}.{serial >> 8}.{serial & 255}")
        order = f"/d/{self.config['grids'][self.n]['token']}"
        where = resident.send(order, item=ITEM, words=f"{marker}，工地夜里太吵", where=f"{marker}栋")
        self.journal.write(marker, "place", where.strip("/").split("/")[-1])
        number = numbers_of(self.worker, marker)[0]
        for act, fields in (
            ("accept", {}),
            ("self_handle", {"item": ITEM}),
            ("progress", {"note": f"{marker}上门了"}),
            ("report_done", {"note": f"{marker}办好了"}),
        ):
            if act == "accept" and serial % 5 == 4:
                return  # stays as it was ordered
            self.worker.send(f"/t/{number}/do/{act}/", **fields)
            self.journal.write(marker, act, number)


class Journal:
    """What was acknowledged, in the order it was."""

    def __init__(self, path: str) -> None:
        self.file, self.lock = open(path, "a", encoding="utf-8"), threading.Lock()  # noqa: SIM115  (open for life)

    def write(self, marker: str, act: str, known_as: str) -> None:
        with self.lock:
            self.file.write(json.dumps([marker, act, known_as]) + "\n")
            self.file.flush()
            os.fsync(self.file.fileno())


def main() -> int:
    config = json.loads(Path(sys.argv[1]).read_text())
    journal, failed = Journal(config["journal"]), []

    def run(n: int) -> None:
        try:
            Line(config, n, journal).run()
        except Exception as error:
            failed.append(error)
            sys.stderr.write(f"line {n}: {error!r}\n")

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(config["grids"]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
