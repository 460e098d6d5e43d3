"""What an installer does after ``migrate``, but for the plugins' switches: connect 1C. Run
inside Saleor by ``run.py``."""

from __future__ import annotations

import os

import django

django.setup()

from django.core.management import call_command

from onec_bridge.models import Connection

call_command(
    "onec_connect",
    "1С:Управление торговлей",
    "--login",
    os.environ["B2B_RUN_ONEC_LOGIN"],
    "--password",
    os.environ["B2B_RUN_PASSWORD"],
    "--retail-price-type",
    os.environ["B2B_RUN_RETAIL_TYPE"],
)
Connection.objects.update(channel="ru")
