"""A scripted site, and something to send to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from scripted_site import Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A small export folder of УТ 11: two XML files and a picture."""
    folder = tmp_path / "webdata"
    (folder / "import_files" / "6f").mkdir(parents=True)
    for name, block in (("import0_1", "Каталог"), ("offers0_1", "ПакетПредложений")):
        (folder / f"{name}.xml").write_text(
            f"<КоммерческаяИнформация><{block}/></КоммерческаяИнформация>", "utf-8-sig"
        )
    (folder / "import_files" / "6f" / "лейка.png").write_bytes(b"\x89PNG" + bytes(50))
    return folder
