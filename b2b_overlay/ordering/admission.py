"""What a buyer who was just let in still lacks before he sees his own prices."""

from __future__ import annotations

from django.utils.translation import gettext as _

from b2b_overlay.company.models import Buyer, LegalEntity

__all__ = ["missing"]


def missing(buyer: Buyer) -> list[str]:
    """Sentences for the sales desk; empty: he buys wholesale from now on."""
    company, said = buyer.company, []
    entities = (
        company.legal_entities.all() if buyer.role == Buyer.Role.OWNER else buyer.legal_entities
    )
    for entity in entities.filter(is_active=True, merged_into=None).order_by("pk"):
        if text := _lacks(entity):
            said.append(text)
    if not company.is_active:
        said.append(
            _("Wholesale is off for «%(company)s»: switch it on.") % {"company": company.name}
        )
    return said


def _lacks(entity: LegalEntity) -> str:
    contracts = list(entity.contracts.filter(is_active=True).prefetch_related("price_assignments"))
    if not contracts:
        return _("«%(entity)s» has no contract.") % {"entity": entity.name}
    if not any(contract.price_assignments.all() for contract in contracts):
        return _("«%(entity)s» has a contract without price lists: it buys at retail prices.") % {
            "entity": entity.name
        }
    return ""
