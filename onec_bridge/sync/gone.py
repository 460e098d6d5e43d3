"""Goods that somebody has deleted in the shop since 1C last spoke of them.

The link is forgotten, so the next offer is recognised or made like one never seen; without
this a draft for a product that is gone would make an empty one, and stock of a variant that
is gone would break the whole batch.
"""

from __future__ import annotations

from collections.abc import Iterable

from .links import Linked
from .models import Kind, Link
from .work import Work

__all__ = ["forget_gone", "forget_gone_products"]


def forget_gone(work: Work, offer_ids: Iterable[str]) -> None:
    """Forget those of these offers (loaded links) whose variant is gone, and their product
    where none of its variants is left."""
    gone = _gone(work, [link for each in offer_ids if (link := work.links.get(Kind.OFFER, each))])
    if not gone:
        return
    parents = {link.parent_id for link in gone}
    for link in gone:
        work.links.forget(link)
    siblings = _offers_of(work, parents)
    dead = {link.external_id for link in _gone(work, siblings)}
    kept = {link.parent_id for link in siblings if link.external_id not in dead}
    for product_id in parents - kept:
        if link := work.links.get(Kind.PRODUCT, product_id):
            work.links.forget(link, told=link.data["told"], lost=True)


def forget_gone_products(work: Work, product_ids: Iterable[str]) -> None:
    """The same, starting from products that are about to be touched up."""
    forget_gone(work, [link.external_id for link in _offers_of(work, product_ids)])


def _offers_of(work: Work, product_ids: Iterable[str]) -> list[Linked]:
    """The product's offers that are in the shop, as this batch knows them."""
    ids = Link.objects.filter(
        connection=work.connection, kind=Kind.OFFER, parent_id__in=list(product_ids)
    ).values_list("external_id", flat=True)
    found = list(ids)
    work.links.load(Kind.OFFER, found)
    links = (work.links.get(Kind.OFFER, each) for each in found)
    return [link for link in links if link is not None and link.local_id]


def _gone(work: Work, links: list[Linked]) -> list[Linked]:
    linked = {int(link.local_id): link for link in links if link.local_id}
    if not linked:
        return []
    alive = work.shop.writer.existing(linked)
    return [link for variant_id, link in linked.items() if variant_id not in alive]
