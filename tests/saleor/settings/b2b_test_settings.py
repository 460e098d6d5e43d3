"""Settings of the promises run under Saleor's own tests' settings, the overlay active."""

import os

from saleor.settings import PLUGINS
from saleor.tests.settings import *  # noqa: F403

PLUGINS = [path for path in PLUGINS if path.startswith(("b2b_overlay", "saleor.plugins.webhook"))]
MEDIA_ROOT = os.environ["B2B_RUN_MEDIA"]
B2B_CHANNEL = "ru"
