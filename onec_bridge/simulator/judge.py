"""Judges an answer as the real client of a dialect would: from mode and answer to faults.

`JUDGES` is the table, one function a mode; what holds in every mode is in `_common`. A judge never
asks what the site meant, only what that client's code does with these bytes.
"""

from collections.abc import Callable, Mapping

from onec_bridge.simulator.answer import Answer
from onec_bridge.simulator.dialects import Dialect, ExchangeType
from onec_bridge.simulator.faults import Fault
from onec_bridge.simulator.orders import judge_orders

OLDEST_DOCUMENTS = (2, 8)  # section 3: below 2.08 the 1C-Bitrix module refuses to load documents


def judge(mode: str, kind: ExchangeType, answer: Answer, dialect: Dialect) -> tuple[Fault, ...]:
    """Everything wrong with the answer, the worst first; empty when 1C would be content."""
    faults = _transport(answer) or _common(answer, dialect)
    if not any(fault.stops for fault in faults):
        faults += JUDGES.get(mode, _any)(answer, dialect, kind)
    return tuple(sorted(faults, key=lambda fault: not fault.stops))


def quote(text: str, limit: int = 80) -> str:
    """A text as a person can read it in one line: control characters visible, shortened."""
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in shown)


def _transport(answer: Answer) -> list[Fault]:
    if not answer.status:
        return [Fault("no_connection", answer.error)]
    if 300 <= answer.status < 400:
        return [Fault("redirect", f"{answer.status} → {answer.location}")]
    if not answer.body:
        return [Fault("empty", f"{answer.status}")]
    return []


def _common(answer: Answer, dialect: Dialect) -> list[Fault]:
    faults = []
    # 401 is how a site says «sign in»; 1C reads the body all the same (protocol, section 1).
    if answer.status not in (200, 401):
        faults.append(Fault("status_code", str(answer.status), stops=False))
    if answer.body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        faults.append(Fault("bom", answer.body[:8].hex(" ")))
    if answer.rest_of_charset != answer.charset.lower() or not answer.charset:
        stops = dialect.decoding == "rest_of_header"
        faults.append(Fault("charset", answer.content_type or "—", stops=stops))
    if "\N{REPLACEMENT CHARACTER}" in answer.text(dialect) and not answer.body.startswith(b"PK"):
        faults.append(Fault("undecodable", quote(answer.text(dialect)), stops=False))
    return faults


def _checkauth(answer: Answer, dialect: Dialect, _: ExchangeType) -> list[Fault]:
    if answer.status_word(dialect) != "success":
        return [Fault("auth_refused", quote(answer.text(dialect)))]
    lines = answer.lines(dialect)
    if len(lines) < 3 or not lines[1] or not lines[2]:
        return [Fault("cookie_missing", quote(answer.text(dialect)))]
    if any(char in part for part in lines[1:3] for char in "\r\t ;=\0"):
        return [Fault("cookie_dirty", quote("\n".join(lines[1:3])))]
    return _line_breaks(answer)


def _init(answer: Answer, dialect: Dialect, kind: ExchangeType) -> list[Fault]:
    lines = answer.lines(dialect)
    asked_version = dialect.version is not None and kind == "sale"
    least, most = dialect.sale_init_lines if kind == "sale" else dialect.init_lines
    if len(lines) < least or (most is not None and len(lines) > most):
        return [Fault("init_lines", quote(answer.text(dialect)))]
    if lines[0].strip().lower() not in ("zip=yes", "zip=no"):
        return [Fault("zip", quote(lines[0]))]
    faults = _line_breaks(answer)
    name, _, number = (lines[1] if len(lines) > 1 else "").strip().partition("=")
    if name != "file_limit" or not number.isdecimal():
        faults.append(Fault("file_limit", quote("\n".join(lines[1:2])), stops=False))
    if asked_version and _version(lines[3]) < OLDEST_DOCUMENTS:
        faults.append(Fault("version", quote(lines[3])))
    return faults


def _version(line: str) -> tuple[int, ...]:
    """The number in the last four characters of the line, as the module cuts them."""
    numbers = line.rstrip()[-4:].lstrip("=").split(".")
    return tuple(int(part) for part in numbers) if all(map(str.isdecimal, numbers)) else (0,)


def _file(answer: Answer, dialect: Dialect, _: ExchangeType) -> list[Fault]:
    word = answer.status_word(dialect)
    if word == "failure":
        return [Fault("file_refused", quote(answer.details(dialect), 300))]
    if word != "success":
        return [*_html(answer), Fault("file_status", quote(answer.text(dialect)))]
    if answer.details(dialect):
        return [Fault("extra_lines", quote(answer.details(dialect)), stops=False)]
    return _line_breaks(answer)


def _import(answer: Answer, dialect: Dialect, _: ExchangeType) -> list[Fault]:
    word = answer.status_word(dialect)
    if word == "failure":
        return [Fault("import_refused", quote(answer.details(dialect), 300))]
    if word not in ("success", "progress"):
        return [*_html(answer), Fault("import_status", quote(answer.text(dialect)))]
    return _line_breaks(answer)


def _query(answer: Answer, dialect: Dialect, _: ExchangeType) -> list[Fault]:
    if answer.body.startswith(b"PK") and b"PK" not in dialect.order_starts:
        return [Fault("zipped_orders", "PK…")]
    if not answer.body.startswith(dialect.order_starts):
        return [*_html(answer), Fault("not_xml", quote(answer.text(dialect)))]
    return judge_orders(answer, dialect)


def _success(answer: Answer, dialect: Dialect, _: ExchangeType) -> list[Fault]:
    if answer.status_word(dialect) != "success":
        return [Fault("confirm_refused", quote(answer.text(dialect)))]
    return _line_breaks(answer)


def _any(*_: object) -> list[Fault]:
    """A mode that none of the clients sends, or whose answer they don't need, is right as it is."""
    return []


def _line_breaks(answer: Answer) -> list[Fault]:
    return [Fault("line_breaks", "CR LF", stops=False)] if b"\r" in answer.body else []


def _html(answer: Answer) -> list[Fault]:
    start = answer.body.lstrip()[:9].lower()
    is_page = start.startswith((b"<!doctype", b"<html", b"<br", b"<b>"))
    return [Fault("html", quote(start.decode("latin-1")), stops=False)] if is_page else []


JUDGES: Mapping[str, Callable[[Answer, Dialect, ExchangeType], list[Fault]]] = {
    "checkauth": _checkauth,
    "init": _init,
    "file": _file,
    "import": _import,
    "query": _query,
    "success": _success,
    "deactivate": _import,
    "complete": _import,
}
