"""``python -m tests.fuzz.reader SAMPLES CORPUS FOUND SECONDS``: any bytes at all into the reader.

Atheris changes the bytes and watches which lines of the reader they reach. Whatever they are,
both ways of reading give the same, no exception leaves the reader, and every problem has its
words. The corpus begins with the samples and with files as `composing` makes them.
"""

from __future__ import annotations

import io
import random
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["onec_bridge.commerceml"]):
    from onec_bridge.commerceml.messages import LANGUAGES
    from onec_bridge.commerceml.reader import read
    from onec_bridge.commerceml.records import Problem
    from onec_bridge.commerceml.schema import CONTAINERS, RECORDS

from .agreeing import records_alike
from .composing import composed, from_samples

_LONGEST = 16_000
_MARKS = (
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "&amp;",
    "&#10;",
    "<?xml",
    "encoding=",
    "\r\n",
    "xmlns",
)


def one(data: bytes) -> None:
    """The first byte says how much a read gives; the rest is the file."""
    size, body = 1 + 37 * (data[0] if data else 0), data[1:]
    records_alike(body, size)
    for item in read(io.BytesIO(body), "f"):
        if isinstance(item, Problem):
            for lang in LANGUAGES:
                item.line(lang)


def prepare(samples: Path, corpus: Path) -> None:
    """Put what the fuzzing begins with into the corpus folder, beside what is there."""
    files = [path.read_bytes() for path in sorted(samples.rglob("*.xml"))]
    records = from_samples(samples)
    files += [composed(random.Random(seed), records, most=4) for seed in range(80)]
    for number, data in enumerate(each for each in files if len(each) < _LONGEST):
        (corpus / f"start-{number}").write_bytes(b"\xff" + data)
    names = {*RECORDS, *CONTAINERS, "Ид", "Цена", "ЦенаЗаЕдиницу", "Количество", "Группы", *_MARKS}
    escaped = ("".join(f"\\x{byte:02x}" for byte in name.encode()) for name in sorted(names))
    (corpus.parent / "words").write_text("".join(f'"{word}"\n' for word in escaped))


def main(samples: str, corpus: str, found: str, seconds: str) -> None:
    """Fuzz for so long; what fails is written into the folder `found`, and the exit is not 0."""
    prepare(Path(samples), Path(corpus))
    options = (f"-max_total_time={seconds}", f"-max_len={_LONGEST}", f"-artifact_prefix={found}/")
    words = f"-dict={Path(corpus).parent / 'words'}"
    atheris.Setup(
        [sys.argv[0], corpus, words, "-timeout=30", "-print_final_stats=1", *options], one
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
