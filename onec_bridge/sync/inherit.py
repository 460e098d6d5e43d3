"""An offer of 1C takes the place of another id for the same goods: a spreadsheet's, or the one the
base gave them before it was restored.

What was known of the goods stays known, and the shop's variant, its prices, carts and orders notice
nothing but 1C's new id.
"""

from __future__ import annotations

from b2b_overlay.shop import VariantDraft
from onec_bridge.commerceml.records import Offer

from .links import Linked
from .models import Kind, Link
from .work import Work

__all__ = ["inherit", "rename"]


def inherit(work: Work, offer: Offer, link: Link, of: Linked | None) -> None:
    """The offer is what `link` was, its product what `of` was, unless that is something already."""
    product = work.links.get(Kind.PRODUCT, offer.product_id)
    if of is not None and product is not None and not product.local_id:
        told = of.data.get("told", {}) | product.data.get("told", {})
        work.links.put(Kind.PRODUCT, offer.product_id, of.local_id, **{**of.data, "told": told})
    work.links.put(Kind.OFFER, offer.id, link.local_id, parent_id=offer.product_id, **link.data)
    link.delete()
    draft = VariantDraft(offer.id, int(link.local_id), external_id=offer.id)
    work.touch_up(int(link.data["product"]), draft, external_id=offer.product_id)


def rename(work: Work, offer: Offer, variant_id: int) -> bool:
    """Somebody said that the offer is a variant which this base knows by another id. False: it
    knows it by none any more."""
    links = Link.objects.filter(connection=work.connection, kind=Kind.OFFER)
    link = links.filter(local_id=str(variant_id)).exclude(external_id=offer.id).first()
    if link is None:
        return False
    inherit(work, offer, link, work.links.get(Kind.PRODUCT, link.parent_id))
    return True
