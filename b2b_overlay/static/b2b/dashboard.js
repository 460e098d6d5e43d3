/* In the Dashboard's frame: tell it how high the page is (since 3.23; others keep their own). */
"use strict";
(() => {
  const tell = () =>
    // The height is no secret; which site frames us, Content-Security-Policy sees to.
    window.parent.postMessage(
      { type: "saleor:widget:resize", height: document.body.scrollHeight + 1 },
      "*",
    );
  new ResizeObserver(tell).observe(document.body);
})();
