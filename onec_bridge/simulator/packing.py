"""What 1C does with files before sending: packages, archives, parts.

A package is the folder a real export leaves: XML at its root, everything else beside or below. An
archive is named like a 1C temporary file, unrelated to what is in it (protocol notes, section 4).
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

from onec_bridge.simulator.dialects import ExchangeType

# What an XML file must hold to be sent as one type or the other; the first of these decides.
KINDS_OF_BLOCKS: dict[str, ExchangeType] = {
    "Классификатор": "catalog",
    "Каталог": "catalog",
    "ПакетПредложений": "catalog",
    "ИзмененияПакетаПредложений": "catalog",
    "ПользовательскиеСправочники": "reference",
    "Документ": "sale",
    "Контейнер": "sale",
    "Контрагенты": "sale",
}
KINDS: tuple[ExchangeType, ...] = ("catalog", "reference", "sale")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file to post: the name 1C gives it, and its bytes on the disk or in memory."""

    name: str
    source: Path | bytes

    def read(self) -> bytes:
        return self.source if isinstance(self.source, bytes) else self.source.read_bytes()


@dataclass(frozen=True, slots=True)
class Package:
    """What goes through one cycle of checkauth, init, file, import.

    `documents` are posted and then imported by base name; `attachments` (pictures) are posted only.
    `folder` is where the package stands in the export («goods/1»), and in an archive of it.
    """

    kind: ExchangeType
    documents: tuple[Upload, ...]
    attachments: tuple[Upload, ...] = ()
    folder: str = ""


def packages(source: Path | Iterable[Path]) -> list[Package]:
    """The packages of an export folder, or one for each kind of the files given.

    In a folder each directory holding XML is a package, with all that lies below it and isn't XML;
    the deepest wins. The order is by name, with counterparties and orders (type=sale) last. Raises
    FileNotFoundError for a path that is missing.
    """
    if not isinstance(source, Path):
        return _by_kind("", [_document(path) for path in source])
    if not source.is_dir():
        return _by_kind("", [_document(source)])
    roots = sorted({path.parent for path in source.rglob("*.xml")})
    found = [package for root in roots for package in _package(source, root, roots)]
    return sorted(found, key=lambda package: (package.kind == "sale", _rank(package)))


def _rank(package: Package) -> tuple[bool, str]:
    """The classifier's package (properties) goes before goods, as the 1C-Bitrix module sends it."""
    return (not package.folder.startswith("properties"), package.folder)


def _package(export: Path, root: Path, roots: list[Path]) -> list[Package]:
    documents = [_document(path) for path in sorted(root.glob("*.xml"))]
    attachments = tuple(
        Upload(path.relative_to(root).as_posix(), path)
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix != ".xml" and _owner(path, roots) == root
    )
    folder = root.relative_to(export).as_posix().removeprefix(".")
    return _by_kind(folder, documents, attachments)


def _owner(path: Path, roots: list[Path]) -> Path:
    """The deepest package folder above a file."""
    return max((root for root in roots if root in path.parents), key=lambda root: len(root.parts))


def portions(package: Package) -> list[Package]:
    """One package for each portion (import0_1 and offers0_1, then import0_2…), each with the
    pictures that its files name; what nobody names goes with the first."""
    by_number: dict[int, list[Upload]] = {}
    for document in package.documents:
        match = re.fullmatch(r"\D+\d+_(\d+)\.xml", document.name)
        by_number.setdefault(int(match[1]) if match else 0, []).append(document)
    if len(by_number) < 2:
        return [package]
    left, found = list(package.attachments), []
    for _number, documents in sorted(by_number.items()):
        text = b"".join(document.read() for document in documents)
        mine = [one for one in left if one.name.encode() in text]
        left = [one for one in left if one not in mine]
        found.append(replace(package, documents=tuple(documents), attachments=tuple(mine)))
    found[0] = replace(found[0], attachments=(*found[0].attachments, *left))
    return found


def _document(path: Path) -> Upload:
    if not path.exists():
        raise FileNotFoundError(path)
    return Upload(path.name, path)


def _by_kind(
    folder: str, documents: list[Upload], attachments: tuple[Upload, ...] = ()
) -> list[Package]:
    kinds = {document.name: exchange_type(document) for document in documents}
    found: list[Package] = []
    for kind in KINDS:
        mine = tuple(one for one in documents if kinds[one.name] == kind)
        if mine:
            found.append(Package(kind, mine, () if found else attachments, folder))
    return found


def exchange_type(document: Upload) -> ExchangeType:
    """`sale` for orders and counterparties, `reference` for directories, else `catalog`; goes by
    content, not by name.

    What can't be parsed is sent by its name, as a broken file of a real 1C would be.
    """
    if document.name.endswith(".zip"):
        return "catalog"
    content = io.BytesIO(document.read())
    try:
        for _, node in ElementTree.iterparse(content, ("start",)):  # noqa: S314 - its user's own
            name = node.tag.rpartition("}")[2]
            if name in KINDS_OF_BLOCKS:
                return KINDS_OF_BLOCKS[name]
    except (ElementTree.ParseError, ValueError):
        pass
    is_sale = document.name.startswith(("orders", "documents", "contragents"))
    return "sale" if is_sale else "catalog"


def archive(package: Package, *, with_attachments: bool) -> Upload:
    """One archive of the package, entries under the package's own folder."""
    buffer = io.BytesIO()
    entries = package.documents + (package.attachments if with_attachments else ())
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for entry in entries:
            packed.writestr("/".join(filter(None, (package.folder, entry.name))), entry.read())
    data = buffer.getvalue()
    digest = hashlib.sha256(data).hexdigest().upper()
    return Upload(f"v8_{digest[:4]}_{digest[4:9].lower()}.zip", data)


def archived_names(data: bytes) -> list[str]:
    """Base names of the XML files in an archive, in its order; empty when it can't be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = packed.namelist()
    except zipfile.BadZipFile:
        return []
    return [name.replace("\\", "/").rpartition("/")[2] for name in names if name.endswith(".xml")]


def parts(data: bytes, size: int) -> Iterator[bytes]:
    """The bytes in pieces of at most `size`; whole when `size` is 0. An empty file is one part."""
    step = size or len(data) or 1
    for start in range(0, len(data) or 1, step):
        yield data[start : start + step]
