"""A product record: remembered until its first offer, then touched up in the shop.

A product alone makes no variant, and nothing in the shop: the offer is the unit of price and
stock, and only an offer shows whether the shop sells these goods already. Rules:

* what the shop sold before 1C keeps its texts, category, pictures and publication, unless
  the connection says that 1C owns them;
* of goods that 1C made, only what 1C itself has changed is written again, so an edit made in
  the shop stays; an empty description never wipes one out (in_practice.md, 26);
* a deletion mark takes off sale and is undone with the mark; absence means nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from onec_bridge.commerceml.records import Offer, Product

from .facts import RULED, product_facts
from .gone import forget_gone_products
from .links import Linked
from .models import KeptPicture, Kind, Link
from .outcome import Item, Outcome
from .properties import of_product
from .references import no_group
from .told_again import is_of_now, unchanged
from .work import Work

__all__ = ["category_for", "give_kept_pictures", "refresh_facts", "take_products", "told_of"]

_TEXTS = {"name", "description", "groups"}
_OF_VARIANTS = {
    "article",
    "barcode",
    "unit",
    "unit_code",
    "vat",
    "exempt",
    "manufacturer",
    "price_group",
    "step",
    "wholesale",
}


def take_products(work: Work, items: list[Item[Product]]) -> list[Item[Offer]]:
    """Take these products; the offers that stood within them (third-party files put prices
    there, УТ 10.3 and УНФ whole characteristics) are to be taken next."""
    others, digests = unchanged(work, items)
    pictured = [item for item in items if item.record.product_id and item.record.images]
    work.links.load(Kind.PRODUCT, [item.record.product_id for item in (*others, *pictured)])
    offers, changed = [], []
    for item in others:
        if not item.record.product_id:
            item.came(Outcome.REFUSED)
            continue
        if fields := _remember(work, item, digests[item.record.id]):
            changed.append((item, fields))
        if item.record.characteristic_id or item.record.prices:
            offers.append(Item(_offer_within(item.record), "offer", part_of=item))
    forget_gone_products(work, [item.record.product_id for item, _fields in changed])
    for item, fields in changed:
        _touch_up(work, item, fields)
    variants = [i.record.product_id for i, fields in changed if fields & _OF_VARIANTS]
    refresh_facts(work, variants)
    work.links.save()
    for item in pictured:
        _take_pictures(work, item)
    return offers


def _offer_within(record: Product) -> Offer:
    plain = record.characteristic_id is None
    return Offer(
        id=record.id,
        article=None if plain else record.article,
        name=None if plain else record.name,
        barcode=None if plain else record.barcode,
        characteristics=record.characteristics,
        prices=record.prices,
        has_prices_block=bool(record.prices),
        deleted=record.deleted,
        only_changes=True,
        source=record.source,
    )


def _said(record: Product, link: Linked | None) -> dict[str, Any]:
    """What the record says of the product; of one told by its characteristics, the first one
    met speaks for it, the others only fill gaps."""
    said = product_facts(record)
    if record.images:
        said["images"] = list(dict.fromkeys(record.images))
    if record.characteristic_id is None:
        return said
    said.pop("barcode", None)
    said["name"] = (record.name or "").rpartition(" (")[0] or record.name or ""
    if link is not None and link.data.get("by") != record.id:
        return {key: value for key, value in said.items() if key not in link.data["told"]}
    return said


def _kept(before: dict[str, Any], record: Product, link: Linked | None) -> dict[str, Any]:
    """What was told before and isn't taken back by a record that no longer says it."""
    if RULED.isdisjoint(before) or (link and link.data.get("by", record.id) != record.id):
        return before
    return {key: value for key, value in before.items() if key not in RULED}


def _differing(before: dict[str, Any], told: dict[str, Any]) -> set[str]:
    return {key for key in before | told if told.get(key) != before.get(key)}


def _remember(work: Work, item: Item[Product], digest: str | None) -> set[str]:
    """Keep what is told; which facts of a product in the shop are to be looked at."""
    record = item.record
    link = work.links.get(Kind.PRODUCT, record.product_id)
    before: dict[str, Any] = link.data["told"] if link else {}
    by_property, unread = of_product(record, work)
    told = _kept(before, record, link) | by_property | _said(record, link)
    changed = _differing(before, told) if link and told != before else set()
    more: dict[str, Any] = {} if link else {"by": record.id}
    if unread and (link is None or link.data.get("unread") != unread):
        more["unread"] = unread
    if link is None or changed or more:
        local = link.local_id if link else ""
        more["digest"] = digest
        link = work.links.put(Kind.PRODUCT, record.product_id, local, told=told, **more)
    elif digest and not is_of_now(link.data.get("digest"), digest):
        work.links.put(Kind.PRODUCT, record.product_id, link.local_id, digest=digest)
    if not link.local_id:
        item.came(Outcome.UNCHANGED if told["deleted"] else Outcome.PARKED)
        return set()
    if work.connection.owns_texts and not (link.data.get("ours") or link.data.get("texts")):
        work.links.put(Kind.PRODUCT, link.external_id, link.local_id, texts=True)
        changed |= _TEXTS
    item.came(Outcome.CHANGED if changed else Outcome.UNCHANGED)
    return changed


def _touch_up(work: Work, item: Item[Product], changed: set[str]) -> None:
    """Write what has changed of a product in the shop, if it is still there."""
    record, link = item.record, work.links.get(Kind.PRODUCT, item.record.product_id)
    if link is None or not link.local_id:
        return
    told, fields = link.data["told"], {}
    if _owns_texts(work, link):
        if "name" in changed and told.get("name"):
            fields["name"] = told["name"]
        if "description" in changed and told.get("description"):
            fields["description"] = told["description"]
        if "groups" in changed:
            fields["category_id"] = category_for(work, record)
    if "deleted" in changed and (told["deleted"] or link.data.get("taken_off")):
        fields["publish"] = not told["deleted"]
        work.links.put(Kind.PRODUCT, link.external_id, link.local_id, taken_off=told["deleted"])
    if fields:
        work.touch_up(int(link.local_id), **fields)


def _owns_texts(work: Work, link: Linked) -> bool:
    return bool(link.data.get("ours")) or work.connection.owns_texts


def category_for(work: Work, record: Any) -> int:
    """The category of a product (by a record with its ``product_id``): its first group that
    is known, else «Без группы», to be moved when the group comes."""
    link = work.links.get(Kind.PRODUCT, record.product_id)
    groups = link.data["told"].get("groups", []) if link else []
    for group in groups:
        if found := work.links.local(Kind.GROUP, group):
            return int(found)
    if groups:
        work.problem("unknown_group", record, "Группы/Ид", groups[0])
        work.wait_for_group(record.product_id, groups[0])
    return no_group(work)


def refresh_facts(work: Work, product_ids: list[str]) -> None:
    """Unit, VAT or article of these products changed: so did their variants'."""
    links = Link.objects.filter(
        connection=work.connection, kind=Kind.OFFER, parent_id__in=product_ids
    ).exclude(local_id="")
    for link in links if product_ids else ():
        product = work.links.get(Kind.PRODUCT, link.parent_id)
        told = product.data["told"] if product else {}
        work.facts(int(link.local_id), told, link.data.get("told", {}))


# ------------------------------------------------------------------------- pictures


def _take_pictures(work: Work, item: Item[Product]) -> None:
    record = item.record
    link = work.links.get(Kind.PRODUCT, record.product_id)
    if link is None or (link.local_id and not _owns_texts(work, link)):
        return
    contents = {path: work.images(path) for path in record.images}
    for path, content in contents.items():
        known = link.data.get("pictures", {})
        if content is None:
            if path not in known:
                work.problem("picture_missing", record, "Картинка", path)
        elif known.get(path) == _digest(content):
            continue
        elif _digest(content) in _staying(known, contents):
            _saw(work, link, path, content)
        else:
            item.came(Outcome.CHANGED if link.local_id else Outcome.PARKED)
            _keep_or_save(work, record, link, path, content)


def _staying(known: Mapping[str, str], contents: Mapping[str, bytes | None]) -> set[str]:
    """Digests of the pictures that the product has and keeps: 1C may send one again under a new
    name each time (in_practice.md, 10)."""
    return {
        digest
        for path, digest in known.items()
        if (content := contents.get(path)) is None or _digest(content) == digest
    }


def _keep_or_save(work: Work, record: Product, link: Linked, path: str, content: bytes) -> None:
    if link.local_id:
        _save_picture(work, record, link, path, content)
    else:
        row = Link.objects.get(
            connection=work.connection, kind=link.kind, external_id=link.external_id
        )  # links are saved before pictures are looked at
        KeptPicture.objects.update_or_create(
            link=row, name=path[:512], defaults={"content": content}
        )
        _saw(work, link, path, content)


def _save_picture(work: Work, record: Any, link: Linked, path: str, content: bytes) -> None:
    """One bad picture stops nothing (in_practice.md, 17)."""
    try:
        work.shop.writer.save_image(int(link.local_id), path, content)
    except ValueError as error:
        work.problem("bad_picture", record, "Картинка", path, reason=str(error))
    _saw(work, link, path, content)


def _saw(work: Work, link: Linked, path: str, content: bytes) -> None:
    pictures = {**link.data.get("pictures", {}), path: _digest(content)}
    work.links.put(Kind.PRODUCT, link.external_id, link.local_id, pictures=pictures)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def give_kept_pictures(work: Work, records: dict[str, Offer]) -> None:
    """Products that are in the shop now get the pictures kept for them; those of goods whose
    pictures are the shop's own are dropped. ``records`` are by product id."""
    of_connection = KeptPicture.objects.filter(link__connection=work.connection)
    if not of_connection.exists():
        return
    kept = of_connection.filter(
        link__kind=Kind.PRODUCT, link__external_id__in=records
    ).select_related("link")
    for picture in kept:
        link = work.links.get(Kind.PRODUCT, picture.link.external_id)
        if link is not None and link.local_id and _owns_texts(work, link):
            record = records[link.external_id]
            _save_picture(work, record, link, picture.name, bytes(picture.content))
    kept.delete()


def told_of(work: Work, offer: Offer) -> Mapping[str, Any]:
    """What 1C told of an offer's product; empty where it told nothing yet."""
    link = work.links.get(Kind.PRODUCT, offer.product_id)
    return link.data["told"] if link else {}
