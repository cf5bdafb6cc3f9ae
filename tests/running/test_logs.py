"""The log: one line an event, no forged lines, no personal data."""

import io
import json
import logging

import pytest
import structlog

from governance import logs


@pytest.fixture
def written(request: pytest.FixtureRequest) -> io.StringIO:
    """What a logger of ours writes, in the format the test asks for."""
    logs.configure({"level": "INFO", "format": request.param})
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(io.StringIO())
    yield handler.stream
    logs.configure({"level": "INFO", "format": "readable"})


readable = pytest.mark.parametrize("written", ["readable"], indirect=True)
as_json = pytest.mark.parametrize("written", ["json"], indirect=True)
both = pytest.mark.parametrize("written", ["readable", "json"], indirect=True)


@both
@pytest.mark.parametrize("bad", ["a\nINFO forged", "a\r\nforged", "a\u2028forged", "a\x1b[31mred", "a\x00b"])
def test_no_value_can_start_a_line(written: io.StringIO, bad: str) -> None:
    structlog.get_logger("t").info(bad, value=bad, nested={"k": [bad]})
    logging.getLogger("plain").warning("seen %s", bad)
    text = written.getvalue()
    assert len(text.splitlines()) == 2
    assert not {"\x1b", "\x00", "\u2028", "\r"} & set(text)


@both
def test_phones_and_identity_numbers_are_masked_everywhere(written: io.StringIO) -> None:
    try:
        raise ValueError("Key (phone)=(13800006021) 440783199001011234 exists")
    except ValueError:
        structlog.get_logger("t").exception("call 13800006021", who="44078319900101123X", deep={"a": ["13900001234"]})
    logging.getLogger("plain").error("again %s", "13800006021")
    text = written.getvalue()
    for secret in ("13800006021", "440783199001011234", "44078319900101123X", "13900001234"):
        assert secret not in text
    assert "138****6021" in text


@both
def test_fields_that_are_personal_by_name_are_dropped(written: io.StringIO) -> None:
    structlog.get_logger("t").info("login", phone="0750-2211000", name="陈大文", inner={"token": "abc123"})
    text = written.getvalue()
    assert "陈大文" not in text
    assert "2211000" not in text
    assert "abc123" not in text


def test_area_codes_and_ticket_numbers_stay_readable() -> None:
    for kept in ("440783101201", "440783101201013", "ST-1121-004", "20261122134455"):
        assert logs.masked(kept) == kept


@readable
def test_a_traceback_is_indented_below_its_line(written: io.StringIO) -> None:
    try:
        raise ValueError("boom\nINFO forged")
    except ValueError:
        structlog.get_logger("t").exception("failed")
    first, *rest = written.getvalue().splitlines()
    assert "failed" in first
    assert rest
    assert all(line.startswith("    | ") for line in rest)


@as_json
def test_json_lines_parse_and_carry_time_and_level(written: io.StringIO) -> None:
    structlog.get_logger("t").info("saved", ticket=7)
    record = json.loads(written.getvalue())
    assert record["event"] == "saved"
    assert record["ticket"] == 7
    assert record["level"] == "info"
    assert record["timestamp"]


@both
def test_an_id_of_a_request_is_found_again_whatever_digits_it_has(written: io.StringIO) -> None:
    ours = "79f05713800006021341bdb0c5723e33"
    structlog.get_logger("t").info("request", request_id=ours)
    structlog.get_logger("t").info("request", request_id="13800006021")
    assert ours in written.getvalue()
    assert "138****6021" in written.getvalue()
