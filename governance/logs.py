"""How this installation writes its log: one line per event, readable or JSON, without personal data.

Owns the format only. Whatever arrives here is treated as untrusted text: control characters are escaped so
that no value can forge a second line, and phone and identity numbers are masked even inside tracebacks.
"""

import logging
import logging.config
import os
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from core.trust import numbers

EventDict = MutableMapping[str, Any]

_IDENTITY = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?![\dXx])")
_OURS = re.compile(r"[0-9a-f]{32}", re.ASCII)
"""A request's id as we give it: eleven digits in it are no telephone, and it has to be found again."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}  # like the rest, valid inside a JSON string
# Names under which callers might hand over what never belongs into a log.
_SECRET_FIELDS = frozenset(
    {"password", "token", "cookie", "authorization", "phone", "name", "address", "id_number", "text"}
)


def masked(text: str) -> str:
    """Hide the middle of every telephone and identity number in `text`."""
    return _IDENTITY.sub(r"\1********\2", numbers.masked(text))


def one_line(text: str) -> str:
    """Escape line breaks and other control characters, so that a value stays inside its line."""
    return _CONTROL.sub(lambda hit: _ESCAPES.get(hit.group(), f"\\u{ord(hit.group()):04x}"), text)


def hide_personal_data(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """structlog processor: mask numbers everywhere, drop the value of fields that are personal by name."""
    for key, value in event.items():
        if key in _SECRET_FIELDS:
            event[key] = "***"
        elif not (
            isinstance(value, bool | int | float | None) or (key == "request_id" and _OURS.fullmatch(str(value)))
        ):
            event[key] = _clean(value)
    return event


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {one_line(str(key)): "***" if key in _SECRET_FIELDS else _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item) for item in value]
    if isinstance(value, bool | int | float | None):
        return value
    return masked(str(value))


class ReadableLine:
    """Renderer of the development log: time, level, event, key=value pairs; tracebacks follow, indented."""

    def __init__(self, *, timestamps: bool) -> None:
        self.timestamps = timestamps

    def __call__(self, _logger: Any, _method: str, event: EventDict) -> str:
        fields = dict(event)
        moment = str(fields.pop("timestamp", ""))
        level = str(fields.pop("level", "info")).upper()
        name = one_line(str(fields.pop("logger", "") or ""))
        text = one_line(str(fields.pop("event", "")))
        trace = str(fields.pop("exception", "") or "")
        pairs = " ".join(f"{one_line(str(key))}={_quoted(value)}" for key, value in fields.items())
        head = [moment] if self.timestamps else []
        line = " ".join(part for part in [*head, f"{level:<7}", f"[{name}]" if name else "", text, pairs] if part)
        return "\n".join([line, *(f"    | {one_line(row)}" for row in trace.splitlines())])


def _quoted(value: Any) -> str:
    text = one_line(str(value))
    return f'"{text}"' if " " in text else text


def configure(options: Mapping[str, str]) -> None:
    """Set up logging; Django calls this with `settings.LOGGING`, Celery through `governance.celery`."""
    shared = _shared_processors()
    renderer = _renderer(options["format"])
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.format_exc_info,
                        hide_personal_data,
                        *renderer,
                    ],
                }
            },
            "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stream"], "level": options["level"]},
            "loggers": _loggers(),
        }
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _shared_processors() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(allow=["status_code"]),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _renderer(style: str) -> list[Any]:
    if style == "json":
        as_json = structlog.processors.JSONRenderer(ensure_ascii=False)
        return [lambda logger, method, event: one_line(str(as_json(logger, method, event)))]
    return [ReadableLine(timestamps=os.environ.get("SUPERVISED") != "1")]  # the supervisor stamps its lines


def _loggers() -> dict[str, dict[str, Any]]:
    quiet = {"level": "WARNING"}
    return {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},  # 4xx are answers, not incidents
        "axes": quiet,
        "celery.worker.strategy": quiet,  # one line per wake-up, four a second
        "celery.worker.request": quiet,  # a wake-up that came too late is no news
        "celery.app.trace": quiet,
        "celery.beat": quiet,
        "kombu": quiet,
        "faker": quiet,
    }
