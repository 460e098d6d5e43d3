"""A storefront of no framework with the tag on it, and what a buyer does there: the same on the
sandbox (``test_storefront_tag.py``) and on a running Saleor (``tests/saleor/in_chromium.py``)."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

__all__ = ["Tag", "page"]

WAIT = 20  # seconds
_PAGE = """<!doctype html>
<html lang="{lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><title>Storefront</title>
<style>body {{ font: 16px/1.4 sans-serif; margin: 1rem; max-width: 40rem }}</style>
<script>
  const events = [];
  for (const name of ["b2b-change", "b2b-order"])
    document.addEventListener(name, (event) => events.push([name, event.detail]));
</script>
<script type="module" src="{script}"></script>
<h1>Корзина</h1>
<b2b-legal-entity {attributes}></b2b-legal-entity>
<p>Корзина витрины.</p>
"""


def page(script: str, lang: str = "ru", **attributes: str) -> str:
    """The page as HTML; ``script`` is the one address a storefront writes down."""
    written = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
    return _PAGE.format(lang=lang, script=escape(script), attributes=written)


class Tag:
    """The element on the page open in this browser, in a person's words."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def _wait(self, until: Any, what: str) -> Any:
        patient = WebDriverWait(self.driver, WAIT, poll_frequency=0.1)
        return patient.until(lambda _driver: until(), f"waited for {what}; it says: {self.text}")

    def _inside(self, script: str, *arguments: Any) -> Any:
        start = "const tag = document.querySelector('b2b-legal-entity');"
        return self.driver.execute_script(f"{start} {script}", *arguments)

    @property
    def text(self) -> str:
        """What is written in it; empty while nothing is shown."""
        written = "tag.checkVisibility() ? tag.shadowRoot?.firstChild.innerText : ''"
        return str(self._inside(f"return {written} ?? ''"))

    @property
    def offered(self) -> list[str]:
        return [each.text for each in Select(self._part("select")).options]

    @property
    def chosen(self) -> str:
        return Select(self._part("select")).first_selected_option.text

    @property
    def events(self) -> list[tuple[str, Mapping[str, Any]]]:
        """What the page heard from it."""
        return [tuple(each) for each in self.driver.execute_script("return events")]

    def _part(self, name: str) -> WebElement:
        found = self._inside("return tag.shadowRoot.querySelector(`[part=${arguments[0]}]`)", name)
        assert isinstance(found, WebElement)
        return found

    def see(self, text: str) -> None:
        self._wait(lambda: text in self.text, text)

    def hear(self, name: str) -> Mapping[str, Any]:
        """The last event of this name, once there is one."""
        return self._wait(lambda: dict(self.events).get(name), name)

    def see_message(self) -> None:
        """Wait until it answers what was pressed."""
        self._wait(
            lambda: self._inside(
                "return tag.shadowRoot.querySelector('[role=status]').textContent"
            ),
            "a message",
        )

    def refresh(self) -> None:
        """As a page does that has changed the cart; until the shop has answered."""
        self._inside("return tag.refresh()")

    def choose(self, name: str) -> None:
        """Pick it, and wait until the shop has answered."""
        (option,) = [each for each in self.offered if name in each]
        Select(self._part("select")).select_by_visible_text(option)
        at_rest = "return !tag.shadowRoot.querySelector('fieldset').disabled"
        self._wait(lambda: self._inside(at_rest), "an answer")

    def press_twice(self) -> None:
        """Order, as the impatient do."""
        ActionChains(self.driver).double_click(self._part("order")).perform()

    def set(self, name: str, value: str) -> None:
        self._inside("tag.setAttribute(arguments[0], arguments[1])", name, value)
