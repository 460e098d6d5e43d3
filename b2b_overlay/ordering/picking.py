"""What a buyer picks on his cart beside the legal entity: under which of its contracts the order
goes, and who gets the goods (грузополучатель).

Nothing picked: the contract that the legal entity's orders in this channel go under
(:mod:`b2b_overlay.terms.current`), and the legal entity itself. Another legal entity on the cart
is another beginning.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet

from b2b_overlay.company import access
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.shop import Shop
from b2b_overlay.terms.current import Terms
from b2b_overlay.terms.models import Contract

from . import checkouts
from .models import CheckoutTerms

__all__ = ["consignee_of", "consignees", "contracts", "pick"]


def contracts(entity: LegalEntity) -> QuerySet[Contract]:
    """Those to pick from, in the order in which they were made."""
    return entity.contracts.filter(is_active=True).order_by("pk")


def consignees(user: access.User) -> QuerySet[LegalEntity]:
    """Whom the user may have goods sent to: the legal entities he may buy for."""
    return access.legal_entities(user).order_by("name", "pk")


def consignee_of(record: CheckoutTerms | None) -> LegalEntity | None:
    """Who gets the goods, where that isn't the legal entity itself and its buyer still speaks
    for whom he picked."""
    picked = record.consignee if record else None
    if record is None or picked is None or picked == record.legal_entity:
        return None
    return consignees(record.user).filter(pk=picked.pk).first()


def pick(
    shop: Shop, user: access.User, checkout_id: str, picked: Mapping[str, int | None]
) -> Terms:
    """Have the cart ordered under this ``contract``, its goods sent to this ``consignee`` (ids;
    None: as without his word; a key that is absent: as it was). Its prices are the contract's.

    Raises ``LegalEntity.DoesNotExist`` for a cart that isn't his wholesale one or a consignee
    that isn't his, ``Contract.DoesNotExist`` for a contract that isn't the legal entity's;
    nothing changes then.
    """
    checkout = shop.checkouts.get(checkout_id)
    terms = checkouts.terms_on(checkout) if checkout and checkout.user_id == user.pk else None
    if checkout is None or terms is None:
        raise LegalEntity.DoesNotExist
    choices = {"contract": contracts(terms.legal_entity), "consignee": consignees(user)}
    said = {name: None if pk is None else choices[name].get(pk=pk) for name, pk in picked.items()}
    CheckoutTerms.objects.filter(checkout_id=checkout_id).update(**said)
    checkouts.bind(shop.checkouts, checkout)
    return checkouts.terms_on(checkout) or terms
