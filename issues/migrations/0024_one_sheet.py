from django.db import migrations, models
from django.db.models import Q
from django.utils import timezone

from core.trust.freetext import written

WAITING = {"answered_at__isnull": True, "closed_at__isnull": True}


def join(apps, schema_editor):
    """Of several sheets that wait for one unit on one ticket the first one asks for all; the others are settled."""
    Sheet, Ticket, Call = (apps.get_model("issues", name) for name in ("Sheet", "Ticket", "Call"))
    first = {}
    for sheet in Sheet.objects.filter(**WAITING).order_by("pk"):
        kept = first.setdefault((sheet.ticket_id, sheet.department_id), sheet)
        if kept is sheet:
            continue
        kept.text = f"{written(kept.text).full}\n{written(sheet.text).full}"
        kept.due_at = min(kept.due_at, sheet.due_at)
        kept.save(update_fields=["text", "due_at"])
        Sheet.objects.filter(pk=sheet.pk).update(closed_at=timezone.now())
        counted = Call.objects.filter(pk=sheet.call_id) if sheet.call_id else Ticket.objects.filter(pk=sheet.ticket_id)
        counted.filter(sheets__gt=1).update(sheets=models.F("sheets") - 1)
    # PostgreSQL keeps the check of a row that was written twice for later, and alters no table before it.
    schema_editor.connection.check_constraints()


class Migration(migrations.Migration):
    dependencies = [("issues", "0023_left_behind")]

    operations = [
        migrations.RunPython(join, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.UniqueConstraint(
                fields=["ticket", "department"],
                condition=Q(answered_at__isnull=True, closed_at__isnull=True, department__isnull=False),
                name="sheet_one_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(answered_at__isnull=True, closed_at__isnull=True, department__isnull=True),
                name="sheet_one_waiting_of_grid",
            ),
        ),
    ]
