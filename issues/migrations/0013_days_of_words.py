"""The words of a ticket also tell the day and the month of its placing (`issues.engine.words`)."""

from django.db import migrations

TABLES = ("issues_ticketwords", "issues_guardedwords")
MARKED = {
    "postgresql": (
        "UPDATE {table} w SET text = w.text"
        " || ' ' || chr(57346) || to_char(t.placed_at AT TIME ZONE 'Asia/Shanghai', 'YYMMDD')"
        " || ' ' || chr(57347) || to_char(t.placed_at AT TIME ZONE 'Asia/Shanghai', 'YYMM')"
        " FROM issues_ticket t WHERE t.id = w.ticket_id"
    ),
    "sqlite": (
        "UPDATE {table} SET text = text || (SELECT"
        " ' ' || char(57346) || substr(strftime('%Y%m%d', placed_at, '+8 hours'), 3)"
        " || ' ' || char(57347) || substr(strftime('%Y%m', placed_at, '+8 hours'), 3)"
        " FROM issues_ticket WHERE id = ticket_id)"
    ),
}


def mark(apps, schema_editor):
    for table in TABLES:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(MARKED[schema_editor.connection.vendor].format(table=table))


class Migration(migrations.Migration):
    dependencies = [("issues", "0012_hands")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
