"""Delivery settings that the engine's guarantees lean on."""

import pytest
from django.conf import settings
from kombu.utils.url import parse_url

from governance.celery import app, broker_options


def test_delivery() -> None:
    conf = app.conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.task_ignore_result
    assert conf.result_backend is None
    assert conf.worker_prefetch_multiplier == 1
    assert (conf.task_serializer, conf.accept_content) == ("json", ["json"])
    assert conf.task_soft_time_limit < conf.task_time_limit < broker_options("redis://x")["visibility_timeout"]
    assert conf.beat_schedule_filename.startswith(str(settings.DATA_DIR))


def test_every_tick_expires_and_goes_to_a_known_queue() -> None:
    for entry in app.conf.beat_schedule.values():
        assert entry["options"]["queue"] in ("urgent", "default", "bulk")
        assert entry["options"]["expires"] > 0
    names = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert names == {
        *("core.drain", "core.sweep", "issues.tick", "issues.cover", "issues.draw", "issues.learn", "issues.forget"),
        "issues.hand_up",
        *("insights.fold", "gateway.nightly", "notices.sweep", "households.retain"),
        *("core.seal", "core.leave_head", "gateway.tell_head", "households.let_go"),
        "mediation.hand_on",
    }


def test_a_broker_in_folders(settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path
    options = broker_options("filesystem://")
    assert options["data_folder_in"] == options["data_folder_out"] == str(tmp_path / "broker" / "messages")
    assert (tmp_path / "broker" / "control").is_dir()


@pytest.mark.parametrize("url", ["redis://h:1/0", "redis+socket:///run/x.sock", "rediss://h"])
def test_every_redis_has_timeouts(url: str) -> None:
    assert parse_url(url)["transport"].startswith("redis")
    assert broker_options(url)["socket_timeout"] == 2
