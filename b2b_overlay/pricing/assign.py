"""Give a price list to somebody: bound only where it can be charged exactly."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from b2b_overlay.shop import Refusal, Refused, get_shop
from b2b_overlay.terms.models import Contract

from .models import Assignment, PriceList

__all__ = ["set_contract_lists"]


def set_contract_lists(contract: Contract, lists: list[PriceList]) -> None:
    """Make these, in this order, the contract's price lists.

    Raises :class:`Refused` where no channel of the shop sells in the list's currency and VAT
    mode: such a price could only be converted, and would not be exact to the kopeck.
    """
    modes = {(c.currency, c.prices_include_vat) for c in get_shop().catalogue.channels()}
    wrong = [pl for pl in lists if (pl.currency, pl.vat_included) not in modes]
    if wrong:
        raise Refused(
            *(
                Refusal(
                    "INVALID",
                    _(
                        "The price list «%(name)s» is in %(currency)s %(vat)s; no channel of "
                        "the shop sells so. Let 1C send a price type that does."
                    )
                    % {
                        "name": pl.name,
                        "currency": pl.currency,
                        "vat": _("with VAT") if pl.vat_included else _("without VAT"),
                    },
                )
                for pl in wrong
            )
        )
    with transaction.atomic():
        contract.price_assignments.all().delete()
        Assignment.objects.bulk_create(
            Assignment(price_list=pl, contract=contract, priority=n) for n, pl in enumerate(lists)
        )
