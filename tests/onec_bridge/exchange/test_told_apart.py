"""The journal says which 1C it was, by what its requests carry."""

from __future__ import annotations

import pytest

from onec_bridge.models import Session

from .conftest import catalog


@pytest.mark.parametrize(
    ("agent", "words", "name", "dialect"),
    [
        ("1C+Enterprise/8.3", {}, "import0_1.xml", "ut"),
        ("1C+Enterprise/8.2", {}, "import.xml", "old"),
        ("1C+Enterprise/8.3", {"cmlVersion": "2.10"}, "import0_1.xml", "unf"),
        ("1C+Enterprise/8.3", {"cmlVersion": "2.10", "version": "2.09"}, "import0_1.xml", "unf"),
        ("1C+Enterprise/8.3", {"version": "2.09"}, "import0_1.xml", "bitrix"),
        (
            "1C+Enterprise/8.3",
            {},
            "import___5335d080-66b0-4355-887c-d54bba6f1f08.xml",
            "bitrix",
        ),
        ("1C/7.7", {}, "export.xml", "seven"),
        ("Lognex/MoySklad", {}, "import.xml", "moysklad"),
        ("curl/8", {}, "import.xml", "other"),
    ],
)
def test_each_family_is_named(new_onec, agent, words, name, dialect):
    onec = new_onec(agent=agent)
    onec.sign_in(**words)

    onec.ask("catalog", "init", **words)
    onec.send("catalog", name, catalog())

    assert Session.objects.latest("pk").dialect == dialect
