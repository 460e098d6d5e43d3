"""Give terms to a legal entity. Done by the sales desk."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_desk
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.company.rearranging import demand_apart
from b2b_overlay.shop import Refusal, Refused

from .models import Contract, Organization

__all__ = ["Conditions", "save_contract", "store"]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What an order under a contract has to meet, and what its delivery costs: fields of
    :class:`.models.Contract`."""

    min_order: Decimal | None = None
    overdue_days: int | None = None
    delivery_price: Decimal | None = None
    free_delivery_from: Decimal | None = None

    @classmethod
    def of(cls, contract: Contract) -> Conditions:
        return cls(
            contract.min_order,
            contract.overdue_days,
            contract.delivery_price,
            contract.free_delivery_from,
        )


def save_contract(
    by: access.User,
    legal_entity: LegalEntity,
    *,
    contract: Contract | None = None,
    number: str = "",
    signed: date | None = None,
    currency: str = "RUB",
    payment: str = Contract.Payment.ON_ACCOUNT,
    payment_days: int = 0,
    credit_limit: Decimal | None = None,
    conditions: Conditions | None = None,
    organization: Organization | None = None,
) -> Contract:
    """Make or change a contract of this legal entity; ``payment_days`` are calendar days,
    ``credit_limit`` is in its currency, None: none is set. ``organization`` sells by it; None:
    as it was, at first the shop's first. ``conditions`` None: as they were.

    Raises :class:`Refused` where a value can't be right; nothing is saved then.
    """
    demand_desk(by)
    contract = contract or Contract(legal_entity=legal_entity)
    if contract.legal_entity_id != legal_entity.pk:
        raise Refused(Refusal("INVALID", _("The contract belongs to another legal entity.")))
    demand_apart(legal_entity)
    contract.number, contract.date, contract.currency = number.strip(), signed, currency
    contract.payment, contract.payment_days = payment, payment_days
    contract.credit_limit = credit_limit
    for name, value in asdict(conditions).items() if conditions else ():
        setattr(contract, name, value)
    contract.organization = organization or contract.organization or Organization.objects.first()
    return store(contract)


def store(contract: Contract) -> Contract:
    """Save it, if it can be right. Raises :class:`Refused`."""
    if contract.payment == Contract.Payment.PREPAID:
        contract.payment_days = 0
    try:
        contract.full_clean()
    except ValidationError as error:
        raise Refused(*(Refusal("INVALID", m) for m in error.messages)) from error
    contract.save()
    return contract
