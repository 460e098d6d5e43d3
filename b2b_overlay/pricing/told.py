"""A contract as 1C tells it: its terms and its price lists.

Called by the exchange and by a manager's spreadsheet. Rules: what a person of the desk changed
is weighed by :mod:`b2b_overlay.company.differences`; a contract of the same number that the
desk had made for the same legal entity is that contract, not a second one; a deletion mark
switches a contract off, and its orders stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from b2b_overlay.company import differences
from b2b_overlay.company.models import Difference, LegalEntity
from b2b_overlay.terms.contracts import store
from b2b_overlay.terms.models import Contract, Organization

from .assign import assignments_of, set_contract_lists
from .models import PriceList

__all__ = [
    "CONTRACT_FIELDS",
    "Took",
    "contract_numbered",
    "stands",
    "take_contract",
    "write_contract",
]

#: What 1C tells of a contract, and how the desk calls it.
CONTRACT_FIELDS: Mapping[str, str | Promise] = {
    "number": _("number"),
    "date": _("date"),
    "currency": _("currency"),
    "payment": _("payment"),
    "payment_days": _("deferral, days"),
    "credit_limit": _("credit limit"),
    "organization": _("organisation"),
    "price_lists": _("price lists"),
    "is_active": _("active"),
}


@dataclass(slots=True)
class Took:
    """What came of it."""

    contract: Contract
    is_new: bool = False
    changed: bool = False
    #: Fields that a person has to decide.
    differs: list[str] = field(default_factory=list)


def stands(contract: Contract) -> dict[str, Any]:
    """The contract as it stands here, as JSON keeps it; a limit of None: no limit."""
    limit = contract.credit_limit
    return {
        "number": contract.number,
        "date": contract.date.isoformat() if contract.date else None,
        "currency": contract.currency,
        "payment": contract.payment,
        "payment_days": contract.payment_days,
        "credit_limit": None if limit is None else f"{limit:.2f}",
        "organization": contract.organization_id,
        "price_lists": [each.price_list_id for each in assignments_of(contract)],
        "is_active": contract.is_active,
    }


def contract_numbered(entity: LegalEntity, number: str) -> Contract | None:
    """The legal entity's one contract of this number, blanks and case apart."""
    wanted = _spelled(number)
    found = [each for each in entity.contracts.all() if _spelled(each.number) == wanted]
    return found[0] if wanted and len(found) == 1 else None


def _spelled(number: str) -> str:
    return "".join(ch for ch in number.casefold() if ch.isalnum())


@transaction.atomic
def take_contract(
    entity: LegalEntity,
    contract: Contract | None,
    told: Mapping[str, Any],
    before: Mapping[str, Any],
    source: str,
) -> Took:
    """Have the contract (a new one, where there is none) be as told.

    ``told`` are fields of :data:`CONTRACT_FIELDS` as :func:`stands` gives them. Raises
    ``Refused`` where a value can't be right; nothing is saved then.
    """
    if contract is None:
        contract = Contract(legal_entity=entity, organization=Organization.objects.first())
        write_contract(contract, told)
        return Took(contract, is_new=True)
    contract = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    now = stands(contract)
    write, differs = differences.news(told, before, now)
    if write:
        write_contract(contract, write)
    agreed = {name for name, value in told.items() if name in write or value == now[name]}
    differences.note(Difference.About.CONTRACT, contract.pk, differs, agreed, source)
    return Took(contract, changed=bool(write), differs=list(differs))


def write_contract(contract: Contract, values: Mapping[str, Any]) -> None:
    """Write these fields, all or none. Raises ``Refused`` where one can't be right."""
    for name, value in values.items():
        if name == "date":
            contract.date = dt.date.fromisoformat(value) if value else None
        elif name == "credit_limit":
            contract.credit_limit = None if value is None else Decimal(value)
        elif name == "organization":
            contract.organization_id = value
        elif name != "price_lists":
            setattr(contract, name, value)
    store(contract)
    if "price_lists" in values:
        lists = PriceList.objects.in_bulk(values["price_lists"])
        set_contract_lists(contract, [lists[pk] for pk in values["price_lists"] if pk in lists])
