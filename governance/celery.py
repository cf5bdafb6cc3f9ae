"""The Celery application: broker, delivery settings and the beat schedule.

Celery only wakes the engine; work and deadlines live in the database, so a message that is lost,
doubled or late costs a second, never a piece of work. Hence no eta, no result backend, JSON only.
"""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")

from django.conf import settings

app = Celery("shanzhi")


def broker_options(url: str) -> dict[str, Any]:
    """Return transport options for `url`: a Redis (TCP or unix socket) or folders under DATA_DIR."""
    if url.startswith("filesystem://"):
        folder = settings.DATA_DIR / "broker"
        for part in ("messages", "control"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        messages = str(folder / "messages")
        return {
            "data_folder_in": messages,
            "data_folder_out": messages,
            "control_folder": str(folder / "control"),
            "store_processed": False,
        }
    return {
        "visibility_timeout": 900,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 2,
        "socket_connect_timeout": 1,
        "socket_keepalive": True,
        "health_check_interval": 25,
        "retry_on_timeout": True,
    }


app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_transport_options=broker_options(settings.CELERY_BROKER_URL),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_serializer="json",
    accept_content=["json"],
    task_soft_time_limit=120,
    task_time_limit=180,
    task_default_queue="default",
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=10,
    worker_enable_soft_shutdown_on_idle=False,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    worker_enable_remote_control=False,
    timezone="Asia/Shanghai",
    enable_utc=True,
    beat_schedule_filename=str(settings.DATA_DIR / "celerybeat-schedule"),
    beat_max_loop_interval=1,
    beat_schedule={
        **{
            f"drain-{queue}": {
                "task": "core.drain",
                "schedule": 1.0,
                "args": (queue,),
                "options": {"queue": queue, "expires": 2},
            }
            for queue in ("urgent", "default", "bulk")
        },
        # One at a time in the whole installation (core.jobs.outbox), in turns of about five seconds.
        "drain-send": {
            "task": "core.drain",
            "schedule": 5.0,
            "args": ("send",),
            "options": {"queue": "bulk", "expires": 5},
        },
        "tick": {"task": "issues.tick", "schedule": 5.0, "options": {"queue": "urgent", "expires": 10}},
        "fold": {"task": "insights.fold", "schedule": 5.0, "options": {"queue": "default", "expires": 10}},
        "seal": {"task": "core.seal", "schedule": 10.0, "options": {"queue": "default", "expires": 20}},
        "leave-head": {"task": "core.leave_head", "schedule": 600.0, "options": {"queue": "default", "expires": 600}},
        "tell-head": {
            "task": "gateway.tell_head",
            "schedule": crontab(hour="7", minute="50"),
            "options": {"queue": "bulk", "expires": 3600},
        },
        "cover": {"task": "issues.cover", "schedule": 60.0, "options": {"queue": "default", "expires": 60}},
        "hand-up": {"task": "issues.hand_up", "schedule": 10.0, "options": {"queue": "default", "expires": 10}},
        "draw": {
            "task": "issues.draw",
            "schedule": crontab(hour="*/2", minute="20"),
            "options": {"queue": "bulk", "expires": 3600},
        },
        "learn": {
            "task": "issues.learn",
            "schedule": crontab(hour="2", minute="50"),
            "options": {"queue": "bulk", "expires": 3600},
        },
        "nightly": {
            "task": "gateway.nightly",
            "schedule": crontab(hour="2", minute="30"),
            "options": {"queue": "bulk", "expires": 3600},
        },
        "sweep": {
            "task": "core.sweep",
            "schedule": crontab(hour="3", minute="10"),
            "options": {"queue": "bulk", "expires": 3600},
        },
        "retain": {
            "task": "households.retain",
            "schedule": crontab(hour="3", minute="30"),
            "options": {"queue": "bulk", "expires": 3600},
        },
        "hand-on": {
            "task": "mediation.hand_on",
            "schedule": crontab(hour="3", minute="40"),
            "options": {"queue": "bulk", "expires": 3600},
        },
        "let-go": {
            "task": "households.let_go",
            "schedule": crontab(hour="3", minute="35"),
            "options": {"queue": "bulk", "expires": 3600},
        },
        "forget": {
            "task": "issues.forget",
            "schedule": crontab(hour="3", minute="40"),
            "options": {"queue": "bulk", "expires": 3600},
        },
        "sweep-notices": {
            "task": "notices.sweep",
            "schedule": crontab(hour="3", minute="20"),
            "options": {"queue": "bulk", "expires": 3600},
        },
    },
)
app.autodiscover_tasks()
