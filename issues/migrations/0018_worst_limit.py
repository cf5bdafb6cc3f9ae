"""The lamp is the worst of all limits that count: what is owed, who was late, and when the present state's limit ends.

Rows stored before know neither; `recompute` derives both from their clocks as well as these tell it.
"""

from django.db import migrations, models
from django.db.models import F, Q

DEPARTMENTAL = ("claim", "arrive", "handle")
TIER = {"accept": "village", "confirm": "village", "write_up": "village", "dispatch": "township"}
GOVERNED = {
    "placed": "accept", "accepted": "handle", "self_handling": "handle", "confirming": "confirm",
    "whistled": "dispatch", "dispatched": "claim", "returned": "dispatch", "consulting": "consult",
    "handling": "handle", "suspended": "review", "rework": "handle", "reported": "verify", "verified": "callback",
}  # fmt: skip


def _who(clock):
    if clock.kind in DEPARTMENTAL:
        return str(clock.department_id or "village")
    return TIER.get(clock.kind, "")


def note_late(apps, schema_editor):
    """Every limit that was stopped after its end, and who held it; the newest record of the log says so too."""
    clock, ticket, event = (apps.get_model("issues", name) for name in ("Clock", "Ticket", "TicketEvent"))
    held = {}
    for row in clock.objects.filter(stopped_at__gt=F("due_at")).iterator(chunk_size=2000):
        if who := _who(row):
            clock.objects.filter(pk=row.pk).update(late_by=who)
            held.setdefault(row.ticket_id, set()).add(who)
    for pk, late in held.items():
        marks = f",{','.join(sorted(late))},"[:200]
        ticket.objects.filter(pk=pk).update(late_by=marks)
        last = event.objects.filter(ticket=pk).order_by("-version").first()
        last.facts = {**last.facts, "late_by": marks}
        if last.to_state == "suspended" and not _is_excluded(ticket, pk):
            last.facts["scored"] = True
        last.save(update_fields=["facts"])


def _is_excluded(ticket, pk):
    return ticket.objects.filter(pk=pk, exclusion="granted").exists()


def relight(apps, schema_editor):
    """What open tickets owe, then of all limits that count the earliest end and the earliest warning."""
    clock, ticket = apps.get_model("issues", "Clock"), apps.get_model("issues", "Ticket")
    ticket.objects.update(move_by=F("due_at"))
    for own in clock.objects.filter(kind="handle", call=None, stopped_at=None, ticket__state="suspended"):
        helpers = clock.objects.filter(ticket=own.ticket_id, call__isnull=False, stopped_at=None, paused_at=None)
        helpers.update(paused_at=own.paused_at, next_at=None)  # what assists in a suspended matter rests with it
    open_ones = {"ticket__closed_at__isnull": True, "stopped_at__gte": F("due_at"), "call__isnull": True}
    undone = clock.objects.filter(**open_ones)
    undone.filter(kind="handle", ticket__done_on_time__isnull=True).update(is_owed=True)
    undone.filter(kind="claim", ticket__claimed_at__isnull=True, ticket__done_on_time__isnull=True).update(is_owed=True)
    lit = {}
    for row in clock.objects.filter(Q(stopped_at=None) | Q(is_owed=True)).iterator(chunk_size=2000):
        lit.setdefault(row.ticket_id, []).append(row)
    for one in ticket.objects.filter(closed_at=None).iterator(chunk_size=2000):
        rows = lit.get(one.pk, [])
        on = [r for r in rows if r.paused_at is None or r.due_at <= r.paused_at]
        own = [r for r in rows if r.call_id is None and r.stopped_at is None and r.kind == GOVERNED[one.state]]
        if not on or not own:
            continue  # found and told by the examination
        first = min(on, key=lambda row: row.due_at)
        ticket.objects.filter(pk=one.pk).update(
            clock_kind=first.kind,
            clock_started_at=first.started_at,
            due_at=first.due_at,
            warn_at=min(r.warn_at for r in on),
            move_by=own[0].due_at,
        )
    # PostgreSQL keeps the check of a row that was written twice for later, and alters no table before it.
    schema_editor.connection.check_constraints()


class Migration(migrations.Migration):
    dependencies = [("issues", "0017_one_key")]
    operations = [
        migrations.AddField("clock", "is_owed", models.BooleanField(default=False)),
        migrations.AddField("clock", "late_by", models.CharField(blank=True, max_length=12, default="")),
        migrations.AddField("ticket", "late_by", models.CharField(blank=True, max_length=200, default="")),
        migrations.AddField("ticket", "move_by", models.DateTimeField(null=True)),
        migrations.RunPython(note_late, migrations.RunPython.noop),
        migrations.RunPython(relight, migrations.RunPython.noop),
        migrations.AlterField("ticket", "move_by", models.DateTimeField()),
        migrations.AlterField("clock", "late_by", models.CharField(blank=True, max_length=12)),
        migrations.AlterField("ticket", "late_by", models.CharField(blank=True, max_length=200)),
    ]
