"""A price list of the shop's own: made, changed, derived from another, its percentages."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, render
from b2b_overlay.company.models import Group
from b2b_overlay.money import Money, to_amount
from b2b_overlay.ordering.goods import find
from b2b_overlay.pricing import deriving
from b2b_overlay.pricing.deriving import ListTerms, MarkupRow
from b2b_overlay.pricing.models import Assignment, PriceList
from b2b_overlay.pricing.of_list import Chains
from b2b_overlay.pricing.resolver import Priced, said
from b2b_overlay.shop import Refused

from .bindings import address_of, named
from .forms import id_in, ids, spell

__all__ = ["change", "create", "delete", "given_to_groups", "markups", "rules_of"]

#: Rows of the form of percentages: those there are, and free ones.
FREE = 3
#: The largest form of percentages worth reading.
MOST = 500
#: Goods whose reckoned price a derived list's page shows.
SHOWN = 20
#: Assignments a list's page names.
NAMED = 100

RETAIL = "retail"


def _number(text: str) -> Decimal:
    """«−15», «7,5 %»"""
    return to_amount(text.replace("−", "-").replace("%", ""))


class NumberField(forms.Field):
    """A number as people write it; so long as no number here is longer."""

    def to_python(self, value: object) -> Decimal | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            number = _number(text)
        except InvalidOperation as error:
            raise forms.ValidationError(_("write a number")) from error
        if len(text) > 20 or not number.is_finite():
            raise forms.ValidationError(_("write a number"))
        return number


class ListForm(forms.Form):
    """``base`` is «retail», the number of a list, or empty: prices of its own only."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=255)
    currency = forms.RegexField(r"^[A-Z]{3}$", label=gettext_lazy("Currency"))
    vat_included = forms.BooleanField(label=gettext_lazy("VAT included"), required=False)
    is_active = forms.BooleanField(label=gettext_lazy("In force"), required=False)
    base = forms.ChoiceField(label=gettext_lazy("Derived from"), required=False)
    percent = NumberField(label=gettext_lazy("Percent"))
    rounding_step = NumberField(label=gettext_lazy("Rounding step"))
    rounding = forms.ChoiceField(label=gettext_lazy("Rounding"), choices=PriceList.Rounding.choices)
    promotions_stack = forms.BooleanField(label=gettext_lazy("Promotions apply"), required=False)

    #: What another system says of a list that it keeps.
    KEPT = ("name", "currency", "vat_included", "is_active")

    def __init__(self, data: QueryDict | None, terms: ListTerms, pk: int | None) -> None:
        initial = {name: getattr(terms, name) for name in ListTerms.__slots__}
        base = RETAIL if terms.base_retail else (terms.base.pk if terms.base else "")
        for name in ("percent", "rounding_step"):
            initial[name] = f"{initial[name].normalize():f}"
        super().__init__(data, initial={**initial, "base": base})
        self.kept = pk is not None and deriving.is_kept_elsewhere(PriceList(pk=pk))
        for name in self.KEPT if self.kept else ():
            self.fields[name].disabled = True
        lists = PriceList.objects.exclude(pk=pk or 0).exclude(assignments__is_individual=True)
        choices = [("", _("nothing: it has prices of its own")), (RETAIL, _("the retail price"))]
        choices += [(str(each.pk), f"{each.name} · {each.currency}") for each in lists]
        field = self.fields["base"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def terms(self) -> ListTerms:
        given = dict(self.cleaned_data)
        base = str(given.pop("base") or "")
        found = PriceList.objects.filter(pk__in=ids([base])).first()
        return ListTerms(**given, base=found, base_retail=base == RETAIL)


def _attempt(request: PageRequest, action: Any) -> Any:
    """What the action answers; None where it refused, and its reasons are shown."""
    try:
        return action()
    except Refused as refused:
        flash_refused(request, refused)
        return None


@desk_page
def create(request: PageRequest) -> HttpResponse:
    channel = request.channel
    terms = ListTerms(name="", currency=channel.currency, vat_included=channel.prices_include_vat)
    return _edit(request, None, terms)


@desk_page
def change(request: PageRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(PriceList.objects.select_related("base"), pk=pk)
    return _edit(request, found, deriving.terms_of_list(found))


def _edit(request: PageRequest, found: PriceList | None, terms: ListTerms) -> HttpResponse:
    posted = request.method == "POST"
    form = ListForm(request.POST if posted else None, terms, found.pk if found else None)
    if posted:
        if form.is_valid():
            saved = _attempt(request, lambda: deriving.save_list(request.who, found, form.terms()))
            if saved is not None:
                flash(request, _("The price list is saved."))
                return redirect("b2b:price_list", saved.pk)
        for error in spell(form):
            flash(request, error, "error")
    context = {"list": found, "form": form}
    return render(request, "b2b/desk/list_edit.html", context, status=422 if posted else 200)


@desk_page
@require_POST
def delete(request: PageRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(PriceList, pk=pk)
    name = found.name

    def action() -> bool:
        deriving.delete_list(request.who, found)
        return True

    if _attempt(request, action):
        flash(request, _("The price list «%(list)s» is deleted.") % {"list": name})
        return redirect("b2b:price_lists")
    return redirect("b2b:price_list", pk)


# ------------------------------------------------------------------ percentages of groups


@desk_page
def markups(request: PageRequest, pk: int) -> HttpResponse:
    """Percentages by category, manufacturer or price group, in place of the list's own."""
    found = get_object_or_404(PriceList.objects.select_related("base"), pk=pk)
    if request.method == "POST":
        rows, errors = _read_markups(request.POST)
        for error in errors:
            flash(request, error, "error")

        def action() -> bool:
            deriving.set_markups(request.who, found, [row for _scope, _text, row in rows if row])
            return True

        if not errors and _attempt(request, action):
            flash(request, _("The percentages are saved."))
            return redirect("b2b:price_list", pk)
        shown = [(scope, text) for scope, text, _row in rows]
    else:
        shown = [(_scope_of(each), f"{each.percent.normalize():f}") for each in found.markups.all()]
    makers, groups = deriving.known_words()
    context = {
        "list": found,
        "rows": [*shown, *[("", "")] * FREE],
        "scopes": _scopes(request, makers, groups, [scope for scope, _text in shown]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "b2b/desk/list_markups.html", context, status=status)


def _scope_of(row: Any) -> str:
    if row.category_id is not None:
        return f"c:{row.category_id}"
    return f"m:{row.manufacturer}" if row.manufacturer else f"g:{row.price_group}"


def _scopes(
    request: PageRequest, makers: list[str], groups: list[str], used: list[str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a percentage can be for, by kind; a word that no good has any more stays."""
    categories = request.shop.catalogue.categories()
    makers = sorted({*makers, *(scope[2:] for scope in used if scope.startswith("m:"))})
    groups = sorted({*groups, *(scope[2:] for scope in used if scope.startswith("g:"))})
    gap = "\N{NO-BREAK SPACE}" * 3
    return [
        (_("Price groups"), [(f"g:{each}", each) for each in groups]),
        (_("Manufacturers"), [(f"m:{each}", each) for each in makers]),
        (_("Categories"), [(f"c:{c.id}", gap * c.depth + c.name) for c in categories]),
    ]


def _read_markups(
    data: QueryDict,
) -> tuple[list[tuple[str, str, MarkupRow | None]], list[str]]:
    """Each filled row as it stands and as it is meant; what can't be read, in sentences."""
    rows: list[tuple[str, str, MarkupRow | None]] = []
    errors = []
    for n in range(MOST):
        scope, text = data.get(f"scope-{n}", ""), data.get(f"percent-{n}", "").strip()
        if not scope or not text:
            if scope or text:
                rows.append((scope, text, None))
                errors.append(
                    _("Percentage %(number)s: choose the goods and write the percentage.")
                    % {"number": n + 1}
                )
            continue
        try:
            rows.append((scope, text, _markup(scope, _number(text))))
        except (InvalidOperation, ValueError):
            rows.append((scope, text, None))
            wrong = _("Percentage %(number)s: «%(text)s» is not a number.")
            errors.append(wrong % {"number": n + 1, "text": text})
    return rows, errors


def _markup(scope: str, percent: Decimal) -> MarkupRow:
    if not percent.is_finite():
        raise InvalidOperation
    kind, _colon, value = scope.partition(":")
    if kind == "c":
        return MarkupRow(percent=percent, category_id=id_in(value) or 0)
    if kind == "m":
        return MarkupRow(percent=percent, manufacturer=value)
    return MarkupRow(percent=percent, price_group=value)


# --------------------------------------------------------------- blocks of others' pages


def rules_of(request: PageRequest, price_list: PriceList) -> dict[str, Any]:
    """What a list's page says beside its prices: how it derives, for whom it is, what is wrong,
    and what it reckons for some goods."""
    names = {each.id: each.name for each in request.shop.catalogue.categories()}
    given = price_list.assignments.select_related(
        "contract__legal_entity", "legal_entity", "company", "group"
    ).order_by("pk")
    derives = price_list.base is not None or price_list.base_retail
    return {
        "list": price_list,
        "derives": derives,
        "kept": deriving.is_kept_elsewhere(price_list),
        "individual": given.filter(is_individual=True).exists(),
        "warnings": deriving.warnings(price_list),
        "markups": [
            (names.get(each.category_id or 0, each.manufacturer or each.price_group), each.percent)
            for each in price_list.markups.all()
        ],
        "given": [(each, named(each), address_of(each)) for each in given[:NAMED]],
        "more": max(0, given.count() - NAMED),
        "reckoned": _reckoned(request, price_list) if derives else [],
        "groups": Group.objects.all(),
    }


def _reckoned(request: PageRequest, price_list: PriceList) -> list[Any]:
    """Some goods (those that ``q`` asks for) with what the list reckons for them, and how."""
    text = request.GET.get("q", "").strip()
    found = find(request.shop, request.channel, None, text, limit=SHOWN).items
    wanted = {good.variant.id: Decimal(1) for good in found}
    at = timezone.now()
    prices = Chains.now().prices([price_list.pk], request.channel, wanted, at)[price_list.pk]
    shown: list[Any] = []
    for good in found:
        answer = prices.get(good.variant.id)
        priced = answer if isinstance(answer, Priced) else None
        money: Money | None = priced.price.money if priced else None
        how = [said(step) for step in priced.steps] if priced else [answer or ""]
        shown.append((good, money, [each for each in how if each]))
    return shown


def given_to_groups() -> dict[str, Any]:
    """Lists that come without a contract: of all, and of each group."""
    by_group: dict[int | None, list[str]] = {}
    nobody = Q(contract=None, legal_entity=None, company=None)
    for each in (
        Assignment.objects.filter(nobody).select_related("price_list").order_by("priority", "pk")
    ):
        by_group.setdefault(each.group_id, []).append(each.price_list.name)
    groups = Group.objects.annotate(size=Count("companies")).order_by("name")
    return {
        "everyones": by_group.get(None, []),
        "groups": [(group, by_group.get(group.pk, [])) for group in groups],
    }
