/* Small comforts. Every page does its whole work without them. */
"use strict";
(() => {
  document.documentElement.classList.add("js");

  // One press is enough: a form on its way can't be sent a second time.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("hx-post") || form.hasAttribute("hx-get")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-busy", "true");
  });

  // Back to a kept page: its forms are fresh again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-busy");
    }
  });

  // A choice that needs no second press (the button beside it is for those without scripts).
  document.addEventListener("change", (event) => {
    const field = event.target.closest("[data-auto]");
    if (field) field.form.requestSubmit(field.form.querySelector("[data-auto-button]") || undefined);
  });

  // htmx: say so when the shop can't be reached, rather than nothing.
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(name, () => {
      const place = document.getElementById("flashes");
      if (!place) return;
      const line = document.createElement("p");
      line.className = "flash error";
      line.textContent =
        document.documentElement.lang === "ru"
          ? "Магазин не ответил. Проверьте связь и повторите."
          : "The shop didn't answer. Check the connection and try again.";
      place.replaceChildren(line);
    });
  }
})();
