"""Settings of the promises run under Saleor's own tests' settings, the overlay active."""

import os

from saleor import settings as production
from saleor.tests.settings import *  # noqa: F403 - settings on settings

#: Saleor's tests run without plugins; here the overlay's two are there, as an installer has them.
PLUGINS = [
    path
    for path in production.PLUGINS
    if path.startswith(("b2b_overlay", "onec_bridge", "saleor.plugins.webhook"))
]
MEDIA_ROOT = os.environ["B2B_RUN_MEDIA"]
B2B_CHANNEL = "ru"
