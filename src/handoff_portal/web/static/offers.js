"use strict";
// The button of the offer form says what will happen: "Offer 2 cases to 3 agencies".
(() => {
  const button = document.querySelector("[data-offer]");
  if (!button) return;
  const words = button.querySelector("[data-offer-words]");
  const say = () => {
    const count = document.querySelectorAll("[data-agency]:checked").length;
    const agencies = count === 1 ? "1 agency" : `${count} agencies`;
    words.textContent = count ? `Offer ${button.dataset.offer} to ${agencies}` : `Offer ${button.dataset.offer}: choose an agency first`;
  };
  document.addEventListener("change", (event) => { if (event.target.matches("[data-agency]")) say(); });
  window.addEventListener("pageshow", say);
  say();
})();
