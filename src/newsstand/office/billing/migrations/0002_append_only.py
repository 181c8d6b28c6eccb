from django.db import migrations

from newsstand.office.kit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [
        AppendOnly("billing_price"),
        AppendOnly("billing_offerstep"),
        AppendOnly("billing_consent"),
        AppendOnly("billing_gatewayevent"),
        AppendOnly("billing_transfer"),
    ]
