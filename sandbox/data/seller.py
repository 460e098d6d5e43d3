"""Who sells in the demo: an organisation that there isn't, with numbers that pass their checks."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["SELLER"]

#: By the names of b2b_overlay.terms.organizations.Details.
SELLER: Mapping[str, str] = {
    "name": "ООО «Дом и сад»",
    "full_name": "Общество с ограниченной ответственностью «Дом и сад»",
    "inn": "7750001230",
    "kpp": "775001001",
    "address": "115035, Москва, Садовническая наб., 7",
    "account": "40702810400000000225",
    "bic": "044525225",
    "bank_name": "ПАО Сбербанк",
    "correspondent": "30101810400000000225",
    "director": "Громов О. П.",
    "accountant": "Фролова М. С.",
}
