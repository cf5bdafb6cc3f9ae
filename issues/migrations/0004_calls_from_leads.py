"""Give the tickets of before the whistle and the calls that they were handled under."""

from django.db import migrations

BATCH = 1000


def carry_over(apps, schema_editor):
    """Every ticket that had been whistled gets a 服务哨, every lead and assisting department a call."""
    Ticket = apps.get_model("issues", "Ticket")
    whistled = Ticket.objects.filter(route="whistle", whistled_at__isnull=False)
    keys = list(whistled.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        tickets = Ticket.objects.filter(pk__in=keys[start : start + BATCH])
        _whistles(apps, tickets)
        _calls(apps, tickets)
    whistled.update(whistle_type="W3")


def _whistles(apps, tickets):
    Whistle = apps.get_model("issues", "Whistle")
    Whistle.objects.bulk_create(
        Whistle(
            ticket=t, type="W3", item_code=t.item_code, blown_by_id=t.accepted_by_id, blown_at=t.whistled_at
        )
        for t in tickets
    )


def _calls(apps, tickets):
    Call, Assist = apps.get_model("issues", "Call"), apps.get_model("issues", "Assist")
    local = set(
        apps.get_model("members", "Department").objects.filter(township__isnull=False).values_list("pk", flat=True)
    )
    dispatched = {t.pk: t for t in tickets if t.dispatched_at}
    leads = [
        Call(
            ticket=t,
            department_id=t.lead_id,
            is_lead=True,
            is_local=t.lead_id in local,
            called_at=t.dispatched_at,
            claimed_by_id=t.handled_by_id,
            claimed_at=t.claimed_at,
            claimed_on_time=t.claimed_on_time,
            reported_at=t.reported_at,
            done_on_time=t.done_on_time,
        )
        for t in dispatched.values()
        if t.lead_id
    ]
    helping = [
        Call(
            ticket_id=a.ticket_id,
            department_id=a.department_id,
            is_local=a.department_id in local,
            called_at=dispatched[a.ticket_id].dispatched_at,
        )
        for a in Assist.objects.filter(ticket__in=list(dispatched))
        if a.department_id != dispatched[a.ticket_id].lead_id
    ]
    Call.objects.bulk_create(leads + helping)


class Migration(migrations.Migration):
    dependencies = [("issues", "0003_whole_workflow"), ("members", "0001_initial")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
