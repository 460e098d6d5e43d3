"""What staff and other apps can read of a wholesale order on Saleor's own order: private
metadata, since public metadata is told to whoever holds the order's id. Nothing of ours is ever
read back from there."""

from __future__ import annotations

from typing import Any

from b2b_overlay.ordering.models import WholesaleOrder

__all__ = ["write"]


def write(order: Any, kept: WholesaleOrder) -> None:
    """Private metadata under ``b2b.…``: for whom, by which contract, to be paid when."""
    entity, contract = kept.legal_entity, kept.contract
    notes = {
        "b2b.company": str(kept.company),
        "b2b.legal_entity": entity.name,
        "b2b.legal_entity_inn": entity.inn,
        "b2b.legal_entity_kpp": entity.kpp,
        "b2b.contract": str(contract) if contract else "",
        "b2b.payment": kept.payment,
        "b2b.payment_days": str(contract.payment_days) if contract else "",
        "b2b.due_date": kept.due_date.isoformat() if kept.due_date else "",
    }
    order.store_value_in_private_metadata({key: value for key, value in notes.items() if value})
    order.save(update_fields=["private_metadata", "updated_at"])
