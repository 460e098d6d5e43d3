"""A retail customer applies to buy wholesale; the sales desk admits, refuses or asks.

Rules: a customer has one open application, and pressing twice answers with the same one; his
own he may answer and withdraw, another's doesn't exist for him, and the desk's words to him
are all he sees of the desk; a decision is made once, and whoever comes second is told which.
What he wrote is kept as he wrote it: a number that fails its check digit is not refused, he is
told to look at it. He never learns whose company an INN is, only that somebody buys with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2b_overlay.shop import People, Refusal, Refused

from . import access, cards, requisites
from .admit import add_buyer, create_company, demand_desk, set_legal_entities
from .models import Application, ApplicationMessage, Buyer, Company, LegalEntity
from .scanning import mark

__all__ = [
    "OPEN",
    "admit",
    "answer",
    "ask",
    "at_desk",
    "latest",
    "notices",
    "own",
    "refuse",
    "submit",
    "waiting",
    "withdraw",
]

OPEN = (Application.State.NEW, Application.State.ASKED)
#: An application tells its sender whether somebody buys with an INN: not for a whole register.
A_DAY = 5
_TEXT_ROOM = 2000
_TYPED = {"inn", "invoice", "company_name", "contact", "phone", "comment"}


# --------------------------------------------------------------------------- who sees what


def own(user: access.User | None) -> QuerySet[Application]:
    """The user's applications, the newest first, without their cards."""
    if user is None or not user.is_authenticated:
        return Application.objects.none()
    return Application.objects.filter(user_id=user.pk).defer("card")


def latest(user: access.User | None) -> Application | None:
    return own(user).first()


def at_desk(user: access.User | None) -> QuerySet[Application]:
    """Every application, for the sales desk; without their cards."""
    if not access.is_desk(user):
        return Application.objects.none()
    return Application.objects.select_related("user").defer("card")


def waiting() -> int:
    """How many wait for the desk."""
    return Application.objects.filter(state=Application.State.NEW).count()


# ---------------------------------------------------------------------------- the customer


def submit(
    user: access.User,
    *,
    inn: str = "",
    invoice: str = "",
    company_name: str = "",
    contact: str = "",
    phone: str = "",
    comment: str = "",
    card_name: str = "",
    card: bytes = b"",
) -> Application:
    """Apply. The customer's open application is answered instead of a second one."""
    if found := own(user).filter(state__in=OPEN).first():
        return found
    attached = cards.read(card_name, card)
    made = Application(
        user_id=user.pk,
        inn=requisites.compact(_plain(inn)),
        invoice=_plain(invoice),
        company_name=_plain(company_name),
        contact=_plain(contact),
        phone=_plain(phone),
        comment=_plain(comment),
        card_name=attached.name,
        card=attached.content,
    )
    _check(made)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        # The other of two clicks was quicker.
        return own(user).get(state__in=OPEN)
    return made


def _plain(text: str) -> str:
    return text.replace("\x00", "").strip()


def _check(made: Application) -> None:
    refusals = []
    if not made.inn and not made.invoice:
        refusals.append(
            Refusal("REQUIRED", _("Give the INN of your organisation or the number of an invoice."))
        )
    if len(made.inn) == 11 and made.inn.isdecimal():
        sentence = requisites.wrong(requisites.guess_kind(made.inn), inn=made.inn)[0].text
        refusals.append(Refusal("INVALID", f"{sentence}."))
    try:
        made.clean_fields(exclude={f.name for f in Application._meta.fields} - _TYPED)
    except ValidationError as error:
        labels = {field.name: field.verbose_name for field in Application._meta.fields}
        for name, messages in error.message_dict.items():
            refusals += [Refusal("INVALID", f"{labels[name]}: {each}") for each in messages]
    if len(made.comment) > _TEXT_ROOM:
        refusals.append(_too_long())
    yesterday = timezone.now() - timedelta(days=1)
    todays = Application.objects.filter(user_id=made.user_id, created_at__gt=yesterday)
    if todays.count() >= A_DAY:
        refusals.append(
            Refusal("INVALID", _("You have applied several times today. Try again tomorrow."))
        )
    if refusals:
        raise Refused(*refusals)


def notices(application: Application) -> list[str]:
    """What its sender should know of his application, in sentences."""
    if application.state not in OPEN or not application.inn:
        return []
    said = [
        _("%(what)s. Check it; if it is another, write it below.") % {"what": each.text}
        for each in requisites.wrong(requisites.guess_kind(application.inn), inn=application.inn)
    ]
    if _is_taken(application):
        said.append(
            _(
                "An organisation with this INN already buys wholesale from us. Ask the owner of "
                "its cabinet to invite you: that is quicker. Your application is sent too, and "
                "the manager will check it."
            )
        )
    return said


def _is_taken(application: Application) -> bool:
    """Does somebody else's company buy with this INN?"""
    return (
        LegalEntity.objects.filter(inn=application.inn, merged_into=None, company__is_active=True)
        .exclude(company__buyers__in=Buyer.objects.filter(user=application.user_id, is_active=True))
        .exists()
    )


@transaction.atomic
def answer(user: access.User, application: Application, text: str) -> Application:
    """The customer answers what was asked, or adds something."""
    found = _open(own(user), application)
    _say(found, user, text, from_shop=False)
    return _become(found, Application.State.NEW)


@transaction.atomic
def withdraw(user: access.User, application: Application) -> Application:
    """The customer takes his application back; twice does no harm."""
    found = _locked(own(user), application)
    if found.state == Application.State.WITHDRAWN:
        return found
    return _decide(_demand_open(found), user, Application.State.WITHDRAWN)


# -------------------------------------------------------------------------------- the desk


@transaction.atomic
def ask(by: access.User, application: Application, text: str) -> Application:
    """The desk asks the customer something."""
    demand_desk(by)
    found = _open(Application.objects.defer("card"), application)
    _say(found, by, text, from_shop=True)
    return _become(found, Application.State.ASKED)


@transaction.atomic
def refuse(by: access.User, application: Application, reason: str) -> Application:
    """The desk refuses, and says why."""
    demand_desk(by)
    found = _open(Application.objects.defer("card"), application)
    _say(found, by, reason, from_shop=True)
    return _decide(found, by, Application.State.REFUSED)


@transaction.atomic
def admit(
    by: access.User,
    people: People,
    application: Application,
    *,
    legal_entity_id: int | None = None,
    company_id: int | None = None,
    name: str = "",
    role: str = "",
    legal_entity_ids: Iterable[int] = (),
) -> Buyer:
    """The desk admits: the customer is a buyer of the legal entity's company.

    ``legal_entity_id`` None makes a legal entity of what he wrote (``name`` in place of what he
    called it); ``company_id`` None means the legal entity's own company, else a new one. Without
    a ``role`` he is the owner where the company has none, else a buyer. He may also buy for the
    company's ``legal_entity_ids``. B2B is not switched on by this.
    """
    demand_desk(by)
    found = _open(Application.objects.select_related("user").defer("card"), application)
    name = _plain(name) or found.company_name
    entity = _entity(legal_entity_id) if legal_entity_id else _new_entity(found, name)
    company = _company(by, entity, company_id, name or entity.name)
    buyer = _buyer(by, people, found, company, role, {entity.pk, *legal_entity_ids})
    found.legal_entity, found.buyer = entity, buyer
    _decide(found, by, Application.State.ADMITTED)
    return buyer


def _entity(legal_entity_id: int) -> LegalEntity:
    row = (
        LegalEntity.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=legal_entity_id, merged_into=None)
        .first()
    )
    if row is None:
        raise Refused(Refusal("NOT_FOUND", _("There is no such legal entity.")))
    if not row.is_active:
        sentence = _("1C marked «%(name)s» for deletion: it can't buy.") % {"name": row.name}
        raise Refused(Refusal("INVALID", sentence))
    return row


def _new_entity(application: Application, name: str) -> LegalEntity:
    """A legal entity that 1C hasn't sent yet."""
    if not name:
        raise Refused(Refusal("REQUIRED", _("Give the legal entity a name.")))
    inn = application.inn
    known = LegalEntity.objects.filter(inn=inn, merged_into=None).first() if inn else None
    if known is not None:
        sentence = _("«%(name)s» has this INN already: choose it instead of a new legal entity.")
        raise Refused(Refusal("INVALID", sentence % {"name": known.name}))
    made = LegalEntity.objects.create(
        kind=requisites.guess_kind(inn, name),
        name=name[:255],
        inn=inn,
        phone=application.phone,
    )
    mark([made.pk])
    return made


def _company(by: access.User, entity: LegalEntity, company_id: int | None, name: str) -> Company:
    """The company he is let into, with the legal entity in it."""
    if entity.company is not None:
        if company_id not in (None, entity.company_id):
            sentence = _("«%(entity)s» already belongs to «%(company)s».")
            words = {"entity": entity.name, "company": entity.company}
            raise Refused(Refusal("INVALID", sentence % words))
        return entity.company
    if company_id is None:
        return create_company(by, name[:255], [entity.pk])
    company = Company.objects.filter(pk=company_id, merged_into=None).first()
    if company is None:
        raise Refused(Refusal("NOT_FOUND", _("There is no such company.")))
    set_legal_entities(by, company, [entity.pk])
    return company


def _buyer(
    by: access.User,
    people: People,
    application: Application,
    company: Company,
    role: str,
    legal_entity_ids: set[int],
) -> Buyer:
    """What he may already do for the company, he goes on doing."""
    had = Buyer.objects.filter(user=application.user_id, company=company, is_active=True).first()
    if had is not None:
        role = role or had.role
        legal_entity_ids |= set(had.legal_entities.values_list("pk", flat=True))
    elif not role:
        role = Buyer.Role.BUYER if access.owners(company).exists() else Buyer.Role.OWNER
    email = str(application.user.email)
    return add_buyer(by, people, company, email, role=role, legal_entity_ids=legal_entity_ids)


# ------------------------------------------------------------------------- steps of all


def _locked(visible: QuerySet[Application], application: Application) -> Application:
    return visible.select_for_update(of=("self",), no_key=True).get(pk=application.pk)


def _open(visible: QuerySet[Application], application: Application) -> Application:
    return _demand_open(_locked(visible, application))


def _demand_open(found: Application) -> Application:
    """Refuse where it is decided already, with what was decided and when."""
    if found.state in OPEN:
        return found
    day = formats.date_format(timezone.localtime(found.decided_at), "SHORT_DATETIME_FORMAT")
    words = {"state": found.get_state_display(), "when": day}
    sentence = _("This application is decided already: %(state)s, %(when)s.") % words
    raise Refused(Refusal("INVALID", sentence))


def _say(found: Application, user: access.User, text: str, *, from_shop: bool) -> None:
    """One more message; the same once more (a second click) is the same message."""
    text = _plain(text)
    if not text:
        raise Refused(Refusal("REQUIRED", _("Write something.")))
    if len(text) > _TEXT_ROOM:
        raise Refused(_too_long())
    last = found.messages.last()
    if last is not None and (last.from_shop, last.text) == (from_shop, text):
        return
    ApplicationMessage.objects.create(
        application=found, user_id=user.pk, from_shop=from_shop, text=text
    )


def _too_long() -> Refusal:
    sentence = ngettext(
        "That is too long: at most %(count)s character.",
        "That is too long: at most %(count)s characters.",
        _TEXT_ROOM,
    )
    return Refusal("INVALID", sentence % {"count": _TEXT_ROOM})


def _become(found: Application, state: Application.State) -> Application:
    found.state = state
    found.save(update_fields=["state"])
    return found


def _decide(found: Application, by: access.User, state: Application.State) -> Application:
    found.state, found.decided_at, found.decided_by_id = state, timezone.now(), by.pk
    found.save(
        update_fields=["state", "decided_at", "decided_by", "legal_entity", "buyer"],
    )
    return found
