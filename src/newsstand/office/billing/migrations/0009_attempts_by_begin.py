from django.db import migrations, models


class Migration(migrations.Migration):
    """The brakes ask for the attempts of a run, and not for all that there ever were."""

    dependencies = [("billing", "0008_refused_refunds")]
    operations = [
        migrations.AddIndex(
            model_name="attempt", index=models.Index(fields=["begun_at"], name="billing_attempt_begun")
        )
    ]
