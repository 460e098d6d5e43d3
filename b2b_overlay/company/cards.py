"""The card of an enterprise (карточка предприятия) that a customer attaches: what may come in.

Rules: what a file is, its bytes say, not its name or the browser; it leaves only as a download,
under a name whose ending is that of its bytes; nothing in it is opened here but a zip's table
of contents.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from b2b_overlay.shop import Refusal, Refused

__all__ = ["ACCEPT", "LARGEST", "Card", "content_type", "read"]

#: Bytes.
LARGEST = 10 * 1024 * 1024
_NAME_ROOM = 120

_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "txt": "text/plain; charset=utf-8",
}
#: For a file input.
ACCEPT = ",".join(f".{ending}" for ending in _TYPES)


@dataclass(frozen=True, slots=True)
class Card:
    """A file that may come in, under a name that tells the truth. Empty: none was attached."""

    name: str = ""
    content: bytes = b""


def read(name: str, content: bytes) -> Card:
    """The file, if it is one that we take. Raises :class:`Refused` with what to do instead."""
    if not name and not content:
        return Card()
    if not content:
        raise _refused(_("The card of the enterprise is an empty file. Attach it again."))
    if len(content) > LARGEST:
        raise _refused(_("The card of the enterprise is too large: at most 10 MB."))
    ending = _ending(name)
    kinds = next((kinds for is_it, kinds in _SIGNS if is_it(content)), ())
    if not kinds:
        raise _refused(
            _("The card of the enterprise may be PDF, JPG, PNG, Word, Excel or text; it is not.")
        )
    return Card(_named(name, ending if ending in kinds else kinds[0]), content)


def content_type(name: str) -> str:
    """Of a card as it was kept."""
    return _TYPES.get(_ending(name), "application/octet-stream")


def _refused(sentence: str) -> Refused:
    return Refused(Refusal("INVALID", sentence))


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _named(name: str, ending: str) -> str:
    """Without folders and what no file system takes, with this ending."""
    last = re.split(r"[/\\]", name)[-1]
    stem = re.sub(r'[\x00-\x1f\x7f<>:"|?*]+', " ", last)
    if _ending(stem) in _TYPES:
        stem = stem.rpartition(".")[0]
    return f"{stem.strip(' .')[:_NAME_ROOM] or 'card'}.{ending}"


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(marks)


def _holds(part: str) -> Callable[[bytes], bool]:
    """A document of the newer Office with this part in it, and no macros."""

    def is_it(content: bytes) -> bool:
        if not content.startswith(b"PK\x03\x04"):
            return False
        try:
            with ZipFile(BytesIO(content)) as archive:
                names = archive.namelist()
        except (BadZipFile, ValueError, NotImplementedError):
            return False
        return part in names and not any(each.endswith("vbaProject.bin") for each in names)

    return is_it


_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def _is_text(content: bytes) -> bool:
    """UTF-8, or windows-1251 as Notepad still saves; no other control characters in it."""
    for encoding in ("utf-8", "windows-1251"):
        try:
            return not _NOT_TEXT.search(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    return False


#: What the bytes say, and the endings such a file may have, the likeliest first.
_SIGNS: tuple[tuple[Callable[[bytes], bool], tuple[str, ...]], ...] = (
    (_starts(b"%PDF-"), ("pdf",)),
    (_starts(b"\xff\xd8\xff"), ("jpg", "jpeg")),
    (_starts(b"\x89PNG\r\n\x1a\n"), ("png",)),
    (_holds("word/document.xml"), ("docx",)),
    (_holds("xl/workbook.xml"), ("xlsx",)),
    (_starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ("doc", "xls")),
    (_is_text, ("txt",)),
)
