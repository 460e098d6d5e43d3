/* In the Dashboard's frame, by its App Bridge: how high the page is, and who opens it. */
"use strict";
(() => {
  let last = 0;
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height) + 1;
    if (height === last) return;
    last = height;
    // The height is no secret; which site frames us, Content-Security-Policy sees to.
    window.parent.postMessage(
      { type: "widgetResize", payload: { actionId: `b2b-${Date.now()}`, height } },
      "*",
    );
  };
  new ResizeObserver(tell).observe(document.body);

  // A page of the Dashboard's menu gets its token by message, a fresh one every few minutes.
  const form = document.getElementById("enter");
  if (!form) return;
  window.addEventListener("message", (event) => {
    const { type, payload } = event.data || {};
    const known = type === "handshake" || type === "tokenRefresh";
    if (event.origin !== form.dataset.dashboard || event.source !== window.parent || !known) return;
    const token = payload && payload.token;
    // One that was refused isn't tried again: a fresh one comes.
    if (!token || (form.dataset.tried && token.endsWith(form.dataset.tried))) return;
    form.elements.accessToken.value = token;
    form.submit();
  });
})();
