"""Settings of the promises run under Saleor's own tests' settings, the overlay active.

One connection: a test's rolled-back transaction would hide from a second one.
"""

import os

from saleor.tests.settings import *  # noqa: F403
from saleor.settings import PLUGINS

PLUGINS = [path for path in PLUGINS if path.startswith(("b2b_overlay", "saleor.plugins.webhook"))]
DATABASE_CONNECTION_REPLICA_NAME = "default"
MEDIA_ROOT = os.environ["B2B_RUN_MEDIA"]
B2B_CHANNEL = "ru"
