from django.db import migrations


class Migration(migrations.Migration):
    """What was paid before revenue was booked is looked at from its first day on."""

    dependencies = [("billing", "0005_purchases")]
    operations = [
        migrations.RunSQL(
            "UPDATE billing_invoice SET earn_on = starts_on WHERE status = 'paid' AND amount > 0",
            migrations.RunSQL.noop,
        )
    ]
