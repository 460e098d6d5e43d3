"""The desk's page «Что откуда брать»: rules for a base that keeps things elsewhere, with what they
would make of the last file it sent.

Looking shows, saving saves; the rules hold from the next import on. The page works on one form:
empty rows are no rules.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.forms.renderers import DjangoTemplates
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, render
from onec_bridge import sync
from onec_bridge.commerceml.records import PriceType
from onec_bridge.exchange.models import Connection, ReceivedFile, Session
from onec_bridge.exchange.store import open_file
from onec_bridge.sync.facts import key_of
from onec_bridge.sync.mapping import ELEMENTS
from onec_bridge.sync.mapping_preview import Preview, preview
from onec_bridge.sync.models import Kind, Link, MappingRule

__all__ = ["mapping"]

#: Empty rows offered below the rules that are there.
SPARE = 3
#: Rows that one base needs at the very most.
MOST = 40


class RuleForm(forms.Form):
    """One row; without a name of the place it is none."""

    target = forms.ChoiceField(label=gettext_lazy("what"), choices=MappingRule.Target.choices)
    price_type = forms.CharField(
        label=gettext_lazy("price type"),
        max_length=255,
        required=False,
        widget=forms.TextInput(attrs={"list": "price-types"}),
    )
    place = forms.ChoiceField(label=gettext_lazy("where"), choices=MappingRule.Place.choices)
    name = forms.CharField(
        label=gettext_lazy("named"),
        max_length=255,
        required=False,
        widget=forms.TextInput(attrs={"list": "names"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not said.get("name"):
            return said
        if said.get("place") == MappingRule.Place.ELEMENT and said["name"] not in ELEMENTS:
            known = ", ".join(ELEMENTS)
            self.add_error("name", _("of the elements one of these: %(known)s") % {"known": known})
        if said.get("target") == MappingRule.Target.PRICE and not said.get("price_type"):
            self.add_error("price_type", _("say which price type the price is of"))
        return said


#: Drawn by Django's own templates, which a site's renderer need not find (Saleor's doesn't).
Rules = forms.formset_factory(
    RuleForm, extra=SPARE, max_num=MOST, absolute_max=MOST, renderer=DjangoTemplates()
)


@desk_page
def mapping(request: PageRequest, pk: int) -> HttpResponse:
    """The rules and a look at what they do; «save» saves them."""
    connection = get_object_or_404(Connection, pk=pk)
    if request.method == "POST":
        rows = Rules(request.POST)
        rules, wrong = _typed(connection, rows), not rows.is_valid()
        if "save" in request.POST and not wrong:
            save_rules(connection, rules)
            flash(request, _("The rules are saved; they hold from the next import on."))
            return redirect("onec:mapping", connection.pk)
    else:
        rules, wrong = list(connection.mapping_rules.all()), False
        rows = Rules(initial=[_as_typed(rule) for rule in rules])
    file = _last_of_goods(connection)
    seen = _look(connection, file, rules) if file else None
    context = {
        "connection": connection,
        "rows": rows,
        "seen": seen,
        "session": file.session if file and file.session.purpose == Session.Purpose.LIVE else None,
        "found": [(rule, seen.found[at]) for at, rule in enumerate(rules)] if seen else [],
        "names": _names(connection, seen),
        "price_types": _price_types(connection),
    }
    status = 422 if wrong and not request.is_htmx else 200
    fragment = "onec/_mapping_look.html"
    return render(request, "onec/mapping.html", context, fragment=fragment, status=status)


def save_rules(connection: Connection, rules: list[MappingRule]) -> None:
    """These from now on, instead of those that were; a price type that 1C never described is
    made, or its prices would wait for it for ever."""
    known = _price_types(connection)
    wanted = {rule.price_type for rule in rules if rule.target == MappingRule.Target.PRICE}
    keys = {key_of(name) for row in known for name in row}
    new = [name for name in sorted(wanted) if key_of(name) not in keys]
    with transaction.atomic():
        connection.mapping_rules.all().delete()
        MappingRule.objects.bulk_create(rules)
    if new:
        types = iter([PriceType(id=name, name=name) for name in new])
        sync.apply_file(connection, types, file_name="")


def _typed(connection: Connection, rows: Any) -> list[MappingRule]:
    """The rows that are rules; those that are wrong are left out of the look."""
    found = []
    for row in rows:
        if row.is_valid() and row.cleaned_data.get("name"):
            found.append(MappingRule(connection=connection, **row.cleaned_data))
    return found


def _as_typed(rule: MappingRule) -> dict[str, str]:
    return {name: getattr(rule, name) for name in RuleForm.base_fields}


def _last_of_goods(connection: Connection) -> ReceivedFile | None:
    """The last file kept that had goods; before one was imported, the last file."""
    files = ReceivedFile.objects.select_related("session").filter(
        session__connection=connection, kind=ReceivedFile.Kind.XML, parts__number=0
    )
    return files.filter(counts__has_key="product").first() or files.first()


def _look(connection: Connection, file: ReceivedFile, rules: list[MappingRule]) -> Preview:
    with open_file(file) as stream:
        return preview(connection, stream, file.name, rules)


def _names(connection: Connection, seen: Preview | None) -> list[str]:
    """What a requisite, property or element may be called here: those seen first."""
    links = Link.objects.filter(connection=connection, kind=Kind.PROPERTY)
    described = [link.data.get("told", {}).get("name") or "" for link in links]
    met = [*seen.requisites, *seen.properties] if seen else []
    return [name for name in dict.fromkeys([*met, *described, *ELEMENTS]) if name]


def _price_types(connection: Connection) -> list[tuple[str, str]]:
    """Ид and name of the price types that the base has described."""
    links = Link.objects.filter(connection=connection, kind=Kind.PRICE_TYPE)
    return [
        (link.external_id, link.data.get("told", {}).get("name") or link.external_id)
        for link in links
    ]
