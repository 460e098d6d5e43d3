"""Every address of ours on Saleor, found in the URLconf, with keys of what a test has made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from b2b_overlay.plugins.pages import URLCONF

__all__ = ["Page", "all_of_ours"]


@dataclass(frozen=True)
class Page:
    """One address: ``b2b:company``, ``/plugins/b2b/desk/companies/1/``."""

    name: str
    path: str

    @property
    def is_exchange(self) -> bool:
        """1C itself calls it, with a password of its own."""
        return self.name in ("onec:exchange", "onec:dry_run")

    @property
    def is_asset(self) -> bool:
        """A file of ours, the same for everybody."""
        return self.name in ("b2b:asset", "b2b:legal_entity_script")

    @property
    def is_the_dashboards(self) -> bool:
        return self.name.startswith("b2b_dashboard:")


def all_of_ours(keys: Mapping[str, Any]) -> Iterator[Page]:
    """``keys``: arguments by name, or by ``route name``, where one name means several things."""
    for pattern in get_resolver(URLCONF).url_patterns:
        if isinstance(pattern, URLResolver):
            for page in pattern.url_patterns:
                if isinstance(page, URLPattern):
                    yield _page(keys, pattern, page)


def _page(keys: Mapping[str, Any], under: URLResolver, page: URLPattern) -> Page:
    name = f"{under.app_name}:{page.name}"
    wanted = page.pattern.regex.groupindex
    given = {each: _key(keys, str(page.pattern), each) for each in wanted}
    return Page(name, reverse(name, URLCONF, kwargs=given))


def _key(keys: Mapping[str, Any], route: str, name: str) -> Any:
    for start, key in keys.items():
        if start.endswith(f" {name}") and route.startswith(start.removesuffix(f" {name}")):
            return key
    return keys.get(name, 1)
