"""Settings of Saleor's own tests, with the overlay and without: Saleor's for its tests, less
what would write into the checkout.

Those have ``PLUGINS = []``. Where the overlay is installed its plugins are put back, as Saleor's
own settings found them by their entry points; where it isn't the list stays empty.
"""

import os

from saleor import settings as production
from saleor.tests.settings import *  # noqa: F403 - settings on settings

PLUGINS = [path for path in production.PLUGINS if path.startswith(("b2b_overlay", "onec_bridge"))]
MEDIA_ROOT = os.environ["B2B_SUITE_MEDIA"]
PRIVATE_MEDIA_ROOT = os.environ["B2B_SUITE_MEDIA"]
#: The channel of Saleor's tests, as an installer names the one he sells in.
B2B_CHANNEL = DEFAULT_CHANNEL_SLUG  # noqa: F405 - from there
