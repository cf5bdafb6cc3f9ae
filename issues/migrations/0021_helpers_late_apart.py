"""What assisting departments let run out is kept apart from what they lead: on the limit, the ticket, its newest record."""

from django.db import migrations
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat


def apart(apps, schema_editor):
    clock, ticket, event = (apps.get_model("issues", name) for name in ("Clock", "Ticket", "TicketEvent"))
    helping = clock.objects.filter(call__isnull=False, late_by=Cast(F("department"), CharField()))
    touched = sorted(set(helping.values_list("ticket_id", flat=True)))
    helping.update(late_by=Concat(Value("h"), Cast(F("department"), CharField())))
    for pk in touched:
        late = set(clock.objects.filter(ticket=pk).exclude(late_by="").values_list("late_by", flat=True))
        marks = f",{','.join(sorted(late))},"[:200]
        ticket.objects.filter(pk=pk).update(late_by=marks)
        last = event.objects.filter(ticket=pk).order_by("-version").first()
        last.facts = {**last.facts, "late_by": marks}
        last.save(update_fields=["facts"])


class Migration(migrations.Migration):
    dependencies = [("issues", "0020_reporter_names")]
    operations = [migrations.RunPython(apart, migrations.RunPython.noop)]
