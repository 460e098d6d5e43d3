"""A buyer may buy what is in a cart as a private person, and the cart remembers it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("b2b_overlay", "0001_companies_terms_prices_orders")]

    operations = [
        migrations.AlterField(
            model_name="checkoutterms",
            name="legal_entity",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="b2b_overlay.legalentity",
            ),
        ),
    ]
