"""What is kept of a person, and his erasure (152-ФЗ): whoever has an account, or a legal entity
that is a person. Erasing is asked for by typing whom; nothing brings it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay import logins
from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, render
from b2b_overlay.company import personal
from b2b_overlay.company.models import Erasure, LegalEntity
from b2b_overlay.company.personal import LEGAL_ENTITY, USER, Subject
from b2b_overlay.ordering.personal import erase_person
from b2b_overlay.shop import Refused

__all__ = ["entity", "entity_export", "user", "user_export"]


@dataclass(frozen=True, slots=True)
class _Whom:
    subject: Subject
    name: str
    #: What has to be typed to erase him.
    word: str
    #: Name of the page's URL, and its argument.
    page: str
    can_be_erased: bool
    cautions: list[str]


def _also(request: PageRequest) -> list[str]:
    return [each.strip() for each in request.POST.get("also", "").split(",") if each.strip()]


def _user(request: PageRequest, pk: int) -> _Whom:
    people = request.shop.people
    subject = personal.subject_of_user(people, pk, _also(request))
    person = people.get([pk])[pk]
    login = logins.shown(person.email)
    return _Whom(
        subject,
        person.name or login,
        login,
        "b2b:kept_of_user",
        not person.is_staff,
        personal.cautions(pk),
    )


def _entity(request: PageRequest, pk: int) -> _Whom:
    row = get_object_or_404(LegalEntity, pk=pk)
    subject = personal.subject_of_entity(row, _also(request))
    return _Whom(subject, row.name, row.name, "b2b:kept_of_entity", personal.is_erasable(row), [])


@desk_page
def user(request: PageRequest, user_id: int) -> HttpResponse:
    """All that is kept of whoever has this account; erases him."""
    return _page(
        request,
        _user(request, user_id),
        lambda reason: erase_person(request.shop, request.who, user_id, reason, _also(request)),
    )


@desk_page
def entity(request: PageRequest, pk: int) -> HttpResponse:
    """The same of a legal entity that is a person."""
    whom = _entity(request, pk)
    row = LegalEntity.objects.get(pk=pk)
    return _page(
        request,
        whom,
        lambda reason: personal.erase_entity(request.who, row, reason, _also(request)),
    )


def _page(request: PageRequest, whom: _Whom, erase: Callable[[str], Erasure]) -> HttpResponse:
    if request.method == "POST" and _erased(request, whom, erase):
        return redirect(whom.page, whom.subject.id)
    told = personal.export(request.who, request.shop.people, whom.subject)
    context = {
        "whom": whom,
        "account": told["account"] or {},
        "kept": told["kept"],
        "erasures": Erasure.objects.filter(
            subject=whom.subject.kind, subject_id=str(whom.subject.id)
        ).select_related("made_by"),
        "is_user": whom.subject.kind == USER,
        "given": {name: request.POST.get(name, "") for name in ("reason", "also")},
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "b2b/desk/person.html", context, status=status)


def _erased(request: PageRequest, whom: _Whom, erase: Callable[[str], Erasure]) -> bool:
    typed = request.POST.get("word", "").strip()
    if typed.casefold() != whom.word.casefold():
        flash(
            request,
            _("Type «%(word)s» to erase. Nothing is erased.") % {"word": whom.word},
            "error",
        )
        return False
    try:
        done = erase(request.POST.get("reason", ""))
    except Refused as refused:
        flash(request, str(refused), "error")
        return False
    count = sum(done.columns.values())
    flash(request, _("Erased; rows changed: %(count)s.") % {"count": count})
    return True


@desk_page
def user_export(request: PageRequest, user_id: int) -> HttpResponse:
    return _download(request, _user(request, user_id))


@desk_page
def entity_export(request: PageRequest, pk: int) -> HttpResponse:
    return _download(request, _entity(request, pk))


def _download(request: PageRequest, whom: _Whom) -> HttpResponse:
    """JSON that a person can read too."""
    told = personal.export(request.who, request.shop.people, whom.subject)
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2})
    kind = "person" if whom.subject.kind != LEGAL_ENTITY else "legal-entity"
    name = f"{kind}-{whom.subject.id}-{timezone.localdate()}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
