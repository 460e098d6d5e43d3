"""The desk's page «Учёт продавца»: what this 1C's stock means, which documents an order becomes,
and whether retail orders go to it. Everyone at the desk looks; those who watch over prices set
it, since a wrong answer sells what isn't there.
"""

from __future__ import annotations

from django import forms
from django.forms.renderers import DjangoTemplates
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, render
from b2b_overlay.company import access
from onec_bridge.exchange.models import Connection

__all__ = ["books"]


class BooksForm(forms.Form):
    """Fields of a connection by their own names."""

    #: Drawn by Django's own templates, which a site's renderer need not find (Saleor's doesn't).
    default_renderer = DjangoTemplates

    stock_is = forms.ChoiceField(
        label=gettext_lazy("What stock does this 1C send?"),
        choices=Connection.StockIs.choices,
        widget=forms.RadioSelect,
    )
    reserves = forms.ChoiceField(
        label=gettext_lazy("When does it reserve the shop's orders?"),
        choices=Connection.Reserves.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Of free stock only. If you don't know, ask the 1C programmer."),
    )
    split_by_organization = forms.BooleanField(
        label=gettext_lazy("a document for each organisation"), required=False
    )
    split_by_warehouse = forms.BooleanField(
        label=gettext_lazy("a document for each warehouse"), required=False
    )
    split_by_vat = forms.ChoiceField(
        label=gettext_lazy("documents by VAT"), choices=Connection.SplitVat.choices
    )
    retail_orders = forms.BooleanField(
        label=gettext_lazy("retail orders go to 1C too"), required=False
    )


@desk_page
def books(request: PageRequest, pk: int) -> HttpResponse:
    """Look, or set all of it at once."""
    connection = get_object_or_404(Connection, pk=pk)
    may_change = access.oversees(request.who)
    names = list(BooksForm.base_fields)
    form = BooksForm(
        request.POST or None, initial={name: getattr(connection, name) for name in names}
    )
    if request.method == "POST":
        if not may_change:
            raise Http404
        if form.is_valid():
            _save(connection, form)
            flash(request, _("Saved; it holds from the next exchange on."))
            return redirect("onec:books", connection.pk)
    context = {"connection": connection, "form": form, "may_change": may_change}
    status = 422 if request.method == "POST" else 200
    return render(request, "onec/books.html", context, status=status)


def _save(connection: Connection, form: BooksForm) -> None:
    said = dict(form.cleaned_data)
    connection.take_retail(said.pop("retail_orders"))
    for name, value in said.items():
        setattr(connection, name, value)
    connection.save(update_fields=[*form.cleaned_data, "retail_since"])
