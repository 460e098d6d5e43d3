"""A body on its way in: counted, timed, and put aside before the database hears of it.

What is too large by its own Content-Length is refused before a byte of it is read; what doesn't
tell the truth is refused by count. A sender may be slow or stop altogether: no transaction and
no lock waits for it, and it has its time (``ONEC_BODY_SECONDS``). A socket on which nothing
comes at all is the web server's to close, and under ASGI so is all of this: Django has the whole
body before anybody is asked.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Protocol

from django.utils.translation import gettext as _

from onec_bridge.conf import conf

from .models import MEBIBYTE

__all__ = ["Readable", "RefusedFileError", "arrived", "too_large"]

#: Read at a time: the clock is looked at as often as that comes, however slowly.
STEP = 4 * 1024
IN_MEMORY = 8 * MEBIBYTE


class RefusedFileError(ValueError):
    """A body that isn't kept; `args[0]` is why, in a line for 1C's user."""


class Readable(Protocol):
    """A body: a file, or Django's request."""

    def read(self, size: int, /) -> bytes: ...


@contextmanager
def arrived(body: Readable, announced: int | None, *, limit: int) -> Iterator[IO[bytes]]:
    """The whole body, to be read from its beginning; raises `RefusedFileError`.

    Args:
        announced: Content-Length, if there was one.
        limit: bytes it may have.
    """
    if announced is not None and announced > limit:
        raise too_large(limit)
    with SpooledTemporaryFile(max_size=IN_MEMORY) as copy:
        size = _copy(body, copy, limit)
        if announced is not None and size != announced:
            raise RefusedFileError(
                _("The connection broke off: %(arrived)s of %(announced)s bytes came. Repeat it.")
                % {"arrived": size, "announced": announced}
            )
        copy.seek(0)
        yield copy


def _copy(body: Readable, copy: IO[bytes], limit: int) -> int:
    deadline, size = time.monotonic() + conf.body_seconds, 0
    while chunk := body.read(STEP):
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        if time.monotonic() > deadline:
            raise RefusedFileError(
                _("The file came too slowly: %(arrived)s bytes in %(seconds)s seconds.")
                % {"arrived": size, "seconds": round(conf.body_seconds)}
            )
        copy.write(chunk)
    return size


def too_large(limit: int) -> RefusedFileError:
    """The refusal of a body or a file over the limit."""
    return RefusedFileError(
        _("The file is larger than the %(limit)s bytes that the site accepts.") % {"limit": limit}
    )
