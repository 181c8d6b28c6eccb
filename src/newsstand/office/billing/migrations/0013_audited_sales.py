from django.db import migrations


class Migration(migrations.Migration):
    """It counts purchases as well."""

    dependencies = [("billing", "0012_parked_for_reconcile")]
    operations = [migrations.RenameField("booksaudit", "subscriptions", "sales")]
