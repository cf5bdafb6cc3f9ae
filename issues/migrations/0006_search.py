"""Keep the words that tickets are found by, and find the tickets of before by theirs."""

import django.db.models.deletion
from django.db import migrations, models

from issues.finding import sql
from issues.engine.words import said_of

BATCH = 1000


def lay(apps, schema_editor):
    for statement in sql.LAY[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def lift(apps, schema_editor):
    for statement in sql.LIFT[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def learn(apps, schema_editor):
    """The index is laid before, so that it learns the rows as they come."""
    Ticket = apps.get_model("issues", "Ticket")
    Words, Guarded = apps.get_model("issues", "TicketWords"), apps.get_model("issues", "GuardedWords")
    last = 0
    while tickets := list(Ticket.objects.filter(pk__gt=last).select_related("item").order_by("pk")[:BATCH]):
        said = {ticket.pk: said_of(ticket) for ticket in tickets}
        Words.objects.bulk_create(Words(ticket_id=pk, text=text) for pk, (text, _guarded) in said.items())
        Guarded.objects.bulk_create(Guarded(ticket_id=pk, text=text) for pk, (_open, text) in said.items() if text)
        last = tickets[-1].pk


class Migration(migrations.Migration):
    dependencies = [("issues", "0005_delete_assist")]

    operations = [
        migrations.CreateModel(
            name="GuardedWords",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="guarded_words",
                        serialize=False,
                        to="issues.ticket",
                    ),
                ),
                ("text", models.TextField()),
            ],
            options={"verbose_name": "涉敏感检索用词", "verbose_name_plural": "涉敏感检索用词"},
        ),
        migrations.CreateModel(
            name="TicketWords",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="issues.ticket",
                    ),
                ),
                ("text", models.TextField()),
            ],
            options={"verbose_name": "检索用词", "verbose_name_plural": "检索用词"},
        ),
        migrations.RunPython(lay, lift),
        migrations.RunPython(learn, migrations.RunPython.noop),
    ]
