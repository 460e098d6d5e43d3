"""Saleor's Celery workers import what 1C sends, where there are any.

Saleor's celery app discovers this module as the tasks of a plugin's package (Saleor 3.23,
``saleor/celeryconf.py``), so its workers need no setting of ours. Saleor without a broker runs
tasks within the request (``CELERY_TASK_ALWAYS_EAGER``), which would hold 1C's request for as
long as the import lasts: there no worker is called.
"""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError
from saleor.core.db.connection import allow_writer

from onec_bridge.exchange import worker

__all__ = ["call", "import_received"]

logger = logging.getLogger(__name__)


@shared_task(name="onec_bridge.import_received", ignore_result=True)
def import_received(session: int, name: str) -> None:
    """Import a file of an exchange, or without a name what was left."""
    with allow_writer():
        worker.run(session, name)


def call(session: int, name: str) -> bool:
    """Have a worker do it; False: there is none to ask."""
    if getattr(settings, "CELERY_TASK_ALWAYS_EAGER", True):
        return False
    try:
        import_received.apply_async((session, name), retry=False)
    except OperationalError:
        logger.exception("the broker of the workers can't be reached")
        return False
    return True
