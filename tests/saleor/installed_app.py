"""An app of the shop, with its token, and what it asks."""

from __future__ import annotations

from typing import Any

from saleor.app.models import App
from saleor.permission.models import Permission

__all__ = ["headers_of", "installed"]


def installed(*permissions: str, name: str = "Касса") -> App:
    row = App.objects.create(name=name, identifier=name, is_active=True)
    row.permissions.set(Permission.objects.filter(codename__in=permissions))
    return row


def headers_of(app: App) -> dict[str, Any]:
    return {"Authorization": f"Bearer {app.tokens.create(name='t')[1]}"}
