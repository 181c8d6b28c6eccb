import django.db.models.deletion
from django.db import migrations, models

from newsstand.office.kit.append_only import AppendOnly


class Migration(migrations.Migration):
    """What readers are told of prices is kept; and no attempt ends before it began, which older rows are made to
    say first."""

    dependencies = [("billing", "0006_earn_what_was_paid")]
    operations = [
        migrations.CreateModel(
            name="PriceNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[("intro_end", "intro_end"), ("new_price", "new_price")], max_length=10
                    ),
                ),
                ("seq", models.PositiveIntegerField()),
                ("told_on", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "price",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.price"
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="price_notices",
                        to="billing.subscription",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscription", "about", "seq"), name="billing_price_told_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("about__in", ["intro_end", "new_price"])),
                        name="billing_price_notice_about",
                    ),
                ],
            },
        ),
        AppendOnly("billing_pricenotice"),
        migrations.RunSQL(
            "UPDATE billing_attempt SET settled_at = begun_at WHERE settled_at < begun_at",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_at__isnull", True), ("settled_at__gte", models.F("begun_at")), _connector="OR"
                ),
                name="billing_attempt_ends_after_begin",
            ),
        ),
    ]
