"use strict";
// Small helps on every page. Everything works without this file.
document.documentElement.classList.add("js");

const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
window.handoff = { csrfToken };

// Side cards start folded where the page has one column.
const foldSideCards = (root) => {
  if (!window.matchMedia("(max-width: 61.99rem)").matches) return;
  for (const card of root.querySelectorAll("details[data-fold]")) card.open = false;
};
foldSideCards(document);

// The error summary takes the focus, so that it is read first.
document.querySelector("[data-focus]")?.focus();

// Menus, reveals and confirmations close with Escape, with "Not now" and, for menus over the page, with a click elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target.closest?.("details[data-menu][open]") ?? document.querySelector("details.hp-menu[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.hp-menu[open], details.hp-reveal[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const close = event.target.closest("[data-close]");
  if (close) {
    const details = close.closest("details");
    details.open = false;
    details.querySelector("summary").focus();
  }
  if (event.target.closest("[data-print]")) window.print();
  const copy = event.target.closest("[data-copy]");
  if (copy) copyText(copy);
});

const copyText = async (button) => {
  const source = document.querySelector(button.dataset.copy);
  const lines = [...source.querySelectorAll("li")].map((line) => line.textContent.trim());
  const word = button.querySelector("[data-copy-word]");
  word.dataset.before ??= word.textContent;
  try {
    await navigator.clipboard.writeText(lines.length ? lines.join("\n") : source.textContent.trim());
    word.textContent = "Copied";
  } catch {
    window.getSelection().selectAllChildren(source);
    word.textContent = "Selected: press Ctrl+C";
  }
  setTimeout(() => { word.textContent = word.dataset.before; }, 4000);
};

// One submission at a time: the pressed button says what happens. data-no-guard is for forms and buttons that answer with a download.
const guarded = new WeakSet();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method")?.toLowerCase() !== "post" || form.hasAttribute("data-no-guard") || event.submitter?.hasAttribute("data-no-guard")) return;
  if (guarded.has(form)) { event.preventDefault(); return; }
  guarded.add(form);
  setTimeout(() => {
    const button = event.submitter ?? form.querySelector('[type="submit"]');
    if (!button) return;
    button.setAttribute("aria-busy", "true");
    button.setAttribute("aria-disabled", "true");
    button.dataset.before = button.textContent;
    if (button.dataset.busy) button.textContent = button.dataset.busy;
  });
});
window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });

// Forms marked data-autosave="/url" are saved as one types; files and passwords stay out.
const autosave = (form) => {
  const status = form.querySelector("[data-autosave-status]");
  const say = (words) => { if (status) status.textContent = words; };
  let timer = 0, running = false, again = false;
  const save = async () => {
    if (running) { again = true; return; }
    running = true;
    say("Saving…");
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && form.elements[name]?.type !== "password") body.append(name, value);
    }
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body, redirect: "manual", credentials: "same-origin",
        headers: { "X-CSRF-Token": csrfToken(), "X-Autosave": "1", Accept: "application/json" },
      });
      if (answer.ok) say(`Saved ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false })}`);
      else if (answer.type === "opaqueredirect" || answer.status === 401) say("Not saved: you are signed out. Sign in again in another tab, then change something here.");
      else say("Not saved. Press the button below to see what to correct.");
    } catch {
      say("Not saved: no connection. We try again in 10 seconds.");
      timer = setTimeout(save, 10000);
    }
    running = false;
    if (again) { again = false; save(); }
  };
  form.addEventListener("input", (event) => {
    if (event.target.type === "file" || event.target.type === "password") return;
    clearTimeout(timer);
    timer = setTimeout(save, 900);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
};
for (const form of document.querySelectorAll("form[data-autosave]")) autosave(form);
