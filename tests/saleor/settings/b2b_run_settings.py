"""Settings of the Saleor that the overlay is tried on: Saleor's own, less what would touch
the checkout (its media folder) and the network. The same with and without the overlay."""

import os

from saleor.settings import *  # noqa: F403 - settings on settings

DEBUG = False
MEDIA_ROOT = os.environ["B2B_RUN_MEDIA"]
SEND_USAGE_TELEMETRY = False
#: The channel the cabinet's pages sell in.
B2B_CHANNEL = "ru"
