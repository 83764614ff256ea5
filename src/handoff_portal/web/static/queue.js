"use strict";
// Tables marked data-queue: j and k move, Enter opens, x selects, "/" searches; the selection is counted and summed.
(() => {
  const table = document.querySelector("table[data-queue]");
  const search = document.querySelector("[data-search]");
  const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const linkOf = (row) => row.querySelector("a[data-open], .hp-cell-main a, a[href]");

  const move = (step) => {
    const rows = [...table.tBodies[0].rows].filter(linkOf);
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + step, 0), rows.length - 1);
    if (rows[next]) linkOf(rows[next]).focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.body.dataset.keys === "off") return;
    if (event.key === "/" && search) { event.preventDefault(); search.focus(); search.select(); }
    if (!table) return;
    if (event.key === "j") move(1);
    if (event.key === "k") move(-1);
    if (event.key === "x") document.activeElement.closest("tr")?.querySelector("[data-select]")?.click();
  });

  const bar = document.querySelector("[data-selection]");
  if (!bar) return;
  const boxes = () => [...document.querySelectorAll("[data-select]")];
  const all = document.querySelector("[data-select-all]");
  const sumWords = (chosen) => {
    const sums = new Map();
    for (const { dataset } of chosen) {
      if (dataset.currency) sums.set(dataset.currency, (sums.get(dataset.currency) ?? 0n) + BigInt(dataset.minor));
    }
    return [...sums].map(([currency, minor]) => written(currency, minor)).join(" + ");
  };
  const written = (currency, minor) => {
    const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
    const text = String(minor < 0n ? -minor : minor).padStart(digits + 1, "0");
    const whole = BigInt(text.slice(0, text.length - digits)).toLocaleString("en-GB");
    return `${currency} ${minor < 0n ? "−" : ""}${whole}${digits ? `.${text.slice(-digits)}` : ""}`;
  };
  const count = () => {
    const chosen = boxes().filter((box) => box.checked);
    bar.hidden = chosen.length === 0;
    bar.querySelector("[data-selection-count]").textContent = chosen.length.toLocaleString("en-GB");
    bar.querySelector("[data-selection-sum]").textContent = sumWords(chosen);
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === boxes().length;
      all.indeterminate = chosen.length > 0 && !all.checked;
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    if (event.target === all || event.target.matches("[data-select]")) count();
  });
  window.addEventListener("pageshow", count);
  count();
})();
