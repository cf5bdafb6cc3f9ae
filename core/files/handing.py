"""How a file is handed out: its name, and whether a browser keeps it or shows it. Every answer that is no page goes
through here, so that invented data say what they are wherever they are kept.
"""

from typing import TypeVar

from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from core.trust.invented import MARK, is_demo

Answer = TypeVar("Answer", bound=HttpResponseBase)


def named(name: str) -> str:
    """The name a file is kept by."""
    return f"{MARK}-{name}" if is_demo() else name


def handed(answer: Answer, name: str, *, is_shown: bool = False) -> Answer:
    """`answer` as a file called `name`, to be kept, or shown in the page as pictures are."""
    if isinstance(answer, FileResponse):
        answer.filename = named(name)
    answer.headers["Content-Disposition"] = content_disposition_header(not is_shown, named(name)) or "attachment"
    return answer
