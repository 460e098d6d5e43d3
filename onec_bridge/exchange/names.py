"""Names of files as 1C sends them, brought to the one form they are stored and found under.

XML and archives go by their base name, because ``import`` names them so; pictures by their
path relative to the export's folder, because the XML names them so (protocol, section 4).
Bytes are stored under no name at all, so a name can harm nobody's disk; one that tries is
refused all the same, and with it what a web server might run.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

__all__ = ["BadNameError", "clean"]

#: What a careless server would execute; never a part of an export.
SCRIPTS = frozenset(
    (
        *("php", "php3", "php4", "php5", "php7", "phtml", "phar", "pl", "py", "cgi", "sh"),
        *("asp", "aspx", "jsp", "bat", "cmd", "exe", "com", "dll"),
        *("js", "htm", "html", "svgz", "htaccess"),
    )
)
ROOT_ONLY = frozenset({"xml", "zip"})
LONGEST = 500

_DRIVE = re.compile(r"^[A-Za-z]:")
_PREFIX = re.compile(r"^(?:tmp/|var/tmp/|upload/1c/webdata[^/]*/|upload/1c_catalog[^/]*/)+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class BadNameError(ValueError):
    """The name can't be that of a file of an export; `args[0]` is the name as it came."""


def clean(raw: str) -> str:
    r"""The name a file is stored under; raises `BadNameError`.

    >>> clean("import_files\\ab\\abcd.jpg")
    'import_files/ab/abcd.jpg'
    >>> clean("/tmp/v8_1A/goods/1/import_files/ab/abcd.jpg")
    'import_files/ab/abcd.jpg'
    >>> clean("upload/1c/webdata12/import0_1.xml")
    'import0_1.xml'
    >>> clean("../settings.xml")
    Traceback (most recent call last):
    onec_bridge.exchange.names.BadNameError: ../settings.xml
    """
    name = _DRIVE.sub("", raw.strip()).replace("\\", "/").strip("/")
    parts = [part.strip() for part in name.split("/") if part.strip() not in ("", ".")]
    extension = PurePosixPath(parts[-1]).suffix[1:].lower() if parts else ""
    if (
        not parts
        or ".." in parts
        or len(name) > LONGEST
        or _CONTROL.search(name)
        or parts[-1].startswith(".")
        or extension in SCRIPTS
    ):
        raise BadNameError(raw)
    if extension in ROOT_ONLY:
        return parts[-1]
    if "import_files" in parts:
        return "/".join(parts[parts.index("import_files") :])
    return _PREFIX.sub("", "/".join(parts))
