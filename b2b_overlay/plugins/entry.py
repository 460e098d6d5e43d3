"""What Saleor loads as the overlay's plugin (the entry point «saleor.plugins»).

Saleor imports every plugin before it answers anything, and stops answering where one can't be
imported. On a Saleor that we don't know something may have moved: then a plugin that does nothing
stands here, the shop goes on selling at retail, and the system check says what is missing (E100).
"""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from saleor.plugins.base_plugin import BasePlugin

from .activity import PLUGIN_ID

__all__ = ["WHY_NOT", "B2BPlugin"]

logger = logging.getLogger(__name__)


class _Asleep(BasePlugin):  # type: ignore[misc]  # Saleor has no types
    PLUGIN_ID = PLUGIN_ID
    PLUGIN_NAME = "B2B overlay"
    PLUGIN_DESCRIPTION: ClassVar[str] = "It can't work with this Saleor: see `manage.py check`."
    CONFIGURATION_PER_CHANNEL = False
    DEFAULT_ACTIVE = False


def _load() -> tuple[Any, str]:
    try:
        from .plugin import B2BPlugin
    except (ImportError, AttributeError) as error:
        logger.exception("The overlay's plugin can't be imported on this Saleor")
        return _Asleep, f"{type(error).__name__}: {error}"
    return B2BPlugin, ""


B2BPlugin, WHY_NOT = _load()
