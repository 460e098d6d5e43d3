"""A file that somebody gives: weighed, then opened as a table; what can't be is refused with what
to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from django.utils.translation import gettext as _

from b2b_overlay.sheets import Sheet, TextSheet, Unreadable, open_table
from b2b_overlay.shop import Refusal, Refused

__all__ = ["opened", "refused", "weighed"]


def refused(*texts: str) -> Refused:
    """These sentences as a refusal."""
    return Refused(*(Refusal("INVALID", text) for text in texts))


def weighed(content: bytes, largest: int) -> bytes:
    """The file, unless there is none or it is larger than so many bytes."""
    if not content:
        raise refused(_("Choose a file."))
    if len(content) > largest:
        text = _("The file is too large: at most %(most)s MB.")
        raise refused(text % {"most": largest // 2**20})
    return content


@contextmanager
def opened(content: bytes) -> Iterator[Sheet | TextSheet]:
    """Its first visible worksheet, or the text as one."""
    try:
        with open_table(BytesIO(content)) as table:
            yield table
    except Unreadable as error:
        sentence = _("The file can't be opened (%(why)s). Save it as XLSX and choose it again.")
        raise refused(sentence % {"why": error}) from error
