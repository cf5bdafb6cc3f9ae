"""Who has handled a ticket in its round; for open tickets as far as columns and hand-overs tell."""

from django.db import migrations, models


def backfill(apps, schema_editor):
    Ticket, HandOver = apps.get_model("issues", "Ticket"), apps.get_model("issues", "HandOver")
    hands = {}
    for pk, user in Ticket.objects.filter(closed_at=None, handled_by__isnull=False).values_list("pk", "handled_by"):
        hands[pk] = {user}
    for pk, *users in HandOver.objects.filter(ticket__in=list(hands)).values_list("ticket", "from_user", "to_user"):
        hands[pk].update(user for user in users if user)
    for pk, users in hands.items():
        Ticket.objects.filter(pk=pk).update(hands="," + "".join(f"{user}," for user in sorted(users)))


class Migration(migrations.Migration):
    dependencies = [("issues", "0011_learnt_pairs")]
    operations = [
        migrations.AddField("ticket", "hands", models.CharField(blank=True, max_length=200)),
        # Laid anew behind `ticket_county_placed`: of two that serve alike SQLite takes the later one.
        migrations.RemoveIndex("ticket", "ticket_open_county"),
        migrations.AddIndex(
            "ticket",
            models.Index(
                fields=["county", "due_at", "id"],
                condition=models.Q(closed_at__isnull=True),
                name="ticket_open_county",
            ),
        ),
        migrations.RunPython(backfill, migrations.RunPython.noop),
    ]
