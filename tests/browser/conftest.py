"""A real Chromium over a live server: with and without scripts, on a desktop and a phone.

Skipped, and loudly, where there is no Chromium (Debian: ``apt-get install chromium
chromium-driver``); ``make test-browser`` runs them. Screenshots go to ``shots/`` for a person
to look at; git ignores them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cast import Cast, build
from chromium import CHROMIUM, DESKTOP, DRIVER, PHONE, start
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

SHOTS = Path(__file__).parent / "shots"
WAIT = 10  # seconds


class Browser:
    """What a person does with a page, in a person's words."""

    def __init__(self, driver: webdriver.Chrome, home: str, cast: Cast, size: tuple[int, int]):
        self.driver, self.home, self.cast = driver, home, cast
        self._device = "phone" if size == PHONE else "desktop"

    def open(self, path: str) -> None:
        self.driver.get(self.home + path)

    def find(self, css: str) -> WebElement:
        return self.wait(lambda d: next(iter(d.find_elements(By.CSS_SELECTOR, css)), None), css)

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def wait(self, until: Callable, what: str):
        """Wait for what may come by another page: an element gone meanwhile is looked for anew."""
        patient = WebDriverWait(
            self.driver, WAIT, poll_frequency=0.1, ignored_exceptions=[WebDriverException]
        )
        return patient.until(until, f"waited for {what}")

    def see(self, text: str) -> None:
        """Wait until the page says ``text``."""
        self.wait(lambda d: text in d.find_element(By.TAG_NAME, "body").text, text)

    def press(self, css: str) -> None:
        """Scroll to it and press it, as a finger would."""
        element = self.find(css)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def type(self, css: str, text: str) -> None:
        field = self.find(css)
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(text)

    def sign_in(self, user) -> None:
        self.open("/sign-in/")
        self.type("[name=email]", user.email)
        self.type("[name=password]", self.cast.password)
        self.press("main form button")
        self.find(".top")

    def shot(self, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.driver.save_screenshot(str(SHOTS / f"{name}-{self._device}.png"))

    def overflow(self) -> int:
        """How many pixels the page is wider than the screen."""
        return self.driver.execute_script(
            "const e = document.documentElement; return e.scrollWidth - e.clientWidth"
        )

    def outside(self) -> list[str]:
        """Controls that stick out of their card."""
        return self.driver.execute_script(
            """
            const sticks = e => {
                const card = e.closest(".card"), box = e.getBoundingClientRect();
                return card && box.width && (box.right > card.getBoundingClientRect().right + 1
                    || box.left < card.getBoundingClientRect().left - 1);
            };
            return [...document.querySelectorAll("input, select, textarea, button, a[role=button]")]
                .filter(sticks).map(e => e.outerHTML.slice(0, 200));
            """
        )

    def nameless(self) -> list[str]:
        """Controls that a screen reader couldn't name, and pictures without alt."""
        return self.driver.execute_script(
            """
            const named = e => e.getAttribute("aria-label") || e.textContent.trim()
                || e.closest("label") || (e.labels && e.labels.length);
            return [...document.querySelectorAll("input:not([type=hidden]), select, textarea, "
                + "button, a[href], img:not([alt])")].filter(e => e.matches("img") || !named(e))
                .map(e => e.outerHTML);
            """
        )


@pytest.fixture
def cast(transactional_db) -> Cast:
    return build()


@pytest.fixture
def browser(cast, live_server, tmp_path, settings) -> Iterator[Callable[..., Browser]]:
    """Make a browser: ``browser(size, scripts=…, language=…)``."""
    if not (CHROMIUM and DRIVER):
        pytest.skip("no Chromium: the pages went UNCHECKED in a browser")
    settings.ALLOWED_HOSTS = ["*"]
    drivers = []

    def made(size: tuple[int, int] = DESKTOP, scripts: bool = True, language: str = "ru"):
        driver = start(tmp_path / str(len(drivers)), size, scripts, language)
        drivers.append(driver)
        return Browser(driver, live_server.url, cast, size)

    yield made
    for driver in drivers:
        driver.quit()
