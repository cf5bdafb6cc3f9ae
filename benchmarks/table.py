"""The one table: a row for each measurement, a column for each engine."""

NOTES = (
    "over HTTP: eight clients, an act is opening the page with the form and sending it",
    "the POST alone: the forms were opened before",
    "web + database: processor time of one act or page in their processes",
    "memory: the highest resident size of each process, added up; pages they share count in each",
    "item suggested: how often the item a ticket ended as is suggested first / among three",
    "list editor: the server's own time, in one process",
    "pages: median / 95th percentile until the last byte, one reader on a kept-alive connection, warm; then the median",
    "of the processor time of one request in process (on PostgreSQL without the database's work)",
)


def text(header: list[str], columns: dict[str, dict[str, str]], *, minutes: float) -> str:
    rows = list(dict.fromkeys(name for column in columns.values() for name in column))
    first = max(map(len, rows), default=0)
    widths = {engine: max(len(engine), *map(len, column.values())) for engine, column in columns.items()}

    def row(name: str, cells: dict[str, str]) -> str:
        return "  ".join([f"{name:<{first}}", *(f"{cells.get(e, '–'):>{width}}" for e, width in widths.items())])

    line = row("-" * first, {engine: "-" * width for engine, width in widths.items()})
    figures = [row(name, {engine: columns[engine].get(name, "–") for engine in columns}) for name in rows]
    named = row("", {engine: engine for engine in columns})
    return "\n".join([*header, "", named, line, *figures, line, *NOTES, f"took {minutes:.1f} minutes"])
