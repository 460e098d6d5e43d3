"""What the site answered: bytes first, text only as a given dialect would read it."""

import codecs
from dataclasses import dataclass

from onec_bridge.simulator.dialects import Dialect


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. Status 0 means there was none; `error` then says why."""

    status: int
    content_type: str
    body: bytes
    location: str = ""
    error: str = ""

    @property
    def charset(self) -> str:
        """The charset parameter of the header, empty when it is absent."""
        for parameter in self.content_type.split(";")[1:]:
            name, _, value = parameter.strip().partition("=")
            if name.lower() == "charset":
                return value.strip(" \"'")
        return ""

    @property
    def rest_of_charset(self) -> str:
        """All that stands after `charset=`, as the 1C-Bitrix module takes it."""
        return self.content_type.lower().partition("charset=")[2]

    def text(self, dialect: Dialect) -> str:
        """The body as the dialect's client reads it; what can't be decoded becomes U+FFFD."""
        if dialect.decoding == "rest_of_header":
            return self._decoded(self.rest_of_charset)
        if dialect.decoding == "windows-1251":
            return self._decoded(self.charset or "windows-1251")
        if dialect.decoding == "trial":
            return self._tried("utf-8", self.charset, "windows-1251")
        return self._decoded(self.charset or "utf-8")

    def lines(self, dialect: Dialect) -> list[str]:
        """The lines as 1C counts them: split by LF alone, a CR stays where it is."""
        return self.text(dialect).split("\n")

    def status_word(self, dialect: Dialect) -> str:
        """The first line, trimmed and in lower case, as every client compares it."""
        return self.lines(dialect)[0].strip().lower()

    def details(self, dialect: Dialect) -> str:
        """What follows the status word; 1C shows it to its user."""
        return "\n".join(self.lines(dialect)[1:]).strip()

    def _tried(self, *encodings: str) -> str:
        texts = [self._decoded(encoding) for encoding in encodings if encoding]
        return next((text for text in texts if "\N{REPLACEMENT CHARACTER}" not in text), texts[0])

    def _decoded(self, encoding: str) -> str:
        try:
            codecs.lookup(encoding)
        except LookupError:
            encoding = "latin-1"  # nonsense in, nonsense out: the judge says why
        return self.body.decode(encoding, "replace")
