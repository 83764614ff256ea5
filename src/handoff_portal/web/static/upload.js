"use strict";
// Forms marked data-upload send each file as a raw body with progress. Without this file they are ordinary multipart forms.
//   POST <action>?<closed choices of the form>   X-CSRF-Token, X-File-Name (percent-encoded), Content-Type: application/octet-stream
//   2xx: stored. Anything else: the answer's JSON {"say": "…"} is shown to the person.
(() => {
  const AT_ONCE = 2;
  const size = (octets) => {
    const units = ["bytes", "kB", "MB", "GB"];
    let unit = 0;
    while (octets >= 999.5 && unit < 3) { octets /= 1000; unit += 1; }
    if (octets === 1 && !unit) return "1 byte";
    return `${unit && octets < 9.95 ? octets.toFixed(1).replace(".0", "") : Math.round(octets)} ${units[unit]}`;
  };
  const make = (tag, className, text = "") => {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  };

  class Upload {
    constructor(form, file, changed) {
      Object.assign(this, { form, file, changed, state: "waiting" });
      this.row = make("li", "hp-file");
      this.words = make("span", "hp-file-words");
      this.bar = make("progress", "");
      this.bar.max = 100;
      this.bar.value = 0;
      this.bar.setAttribute("aria-label", `Upload of ${file.name}`);
      this.button = make("button", "btn btn-sm hp-btn-quiet");
      this.button.type = "button";
      this.button.addEventListener("click", () => (this.state === "failed" ? this.retry() : this.cancel()));
      const actions = make("span", "hp-file-actions");
      actions.append(this.button);
      this.row.append(make("span", "hp-file-name", file.name), this.words, actions, this.bar);
      this.show("waiting", `${size(file.size)}, waiting`);
    }

    show(state, words) {
      this.state = state;
      this.words.textContent = words;
      this.row.classList.toggle("hp-file-bad", state === "failed");
      this.row.classList.toggle("hp-file-good", state === "stored");
      this.bar.hidden = state === "stored" || state === "failed";
      this.button.hidden = state === "stored";
      this.button.textContent = state === "failed" ? "Try again" : "Cancel";
      this.button.setAttribute("aria-label", `${this.button.textContent}: ${this.file.name}`);
    }

    retry() { this.show("waiting", `${size(this.file.size)}, waiting`); this.changed(); }

    cancel() {
      this.state = "cancelled";
      this.request?.abort();
      this.row.remove();
      this.changed();
    }

    url() {
      const url = new URL(this.form.getAttribute("action"), document.baseURI);
      for (const [name, value] of new FormData(this.form)) {
        if (typeof value === "string" && name !== "csrf_token") url.searchParams.set(name, value);
      }
      return url;
    }

    start() {
      const request = (this.request = new XMLHttpRequest());
      this.show("sending", `0% of ${size(this.file.size)}`);
      request.open(this.form.dataset.uploadMethod || "POST", this.url());
      request.setRequestHeader("X-CSRF-Token", window.handoff.csrfToken());
      request.setRequestHeader("X-File-Name", encodeURIComponent(this.file.name));
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        const part = Math.floor((event.loaded / event.total) * 100);
        this.bar.value = part;
        this.words.textContent = part < 100 ? `${part}% of ${size(this.file.size)}` : "Sealing and storing…";
      });
      request.addEventListener("load", () => this.answered(request));
      request.addEventListener("error", () => this.fail("The connection broke. Nothing was stored."));
      request.send(this.file);
    }

    answered(request) {
      if (request.status >= 200 && request.status < 300 && new URL(request.responseURL).pathname === this.url().pathname) {
        this.show("stored", `${size(this.file.size)}, stored`);
        this.changed();
        return;
      }
      let say = "This file was not stored. Try again, or ask support if it happens again.";
      if (request.status >= 200 && request.status < 300) say = "You are signed out. Sign in again in another tab, then try again.";
      try { say = JSON.parse(request.responseText).say || say; } catch { /* the answer was no JSON: keep our words */ }
      this.fail(say);
    }

    fail(say) { this.show("failed", say); this.changed(); }
  }

  const setUp = (form) => {
    const input = form.querySelector('input[type="file"]');
    const button = form.querySelector('[type="submit"]');
    const list = form.querySelector("[data-upload-list]");
    const status = form.querySelector("[data-upload-status]");
    let uploads = [];
    button.hidden = true;

    const finish = () => {
      const stored = uploads.filter((upload) => upload.state === "stored").length;
      const failed = uploads.filter((upload) => upload.state === "failed").length;
      status.textContent = `${stored} stored${failed ? `, ${failed} not stored` : ""}.`;
      form.dispatchEvent(new CustomEvent("handoff:uploaded", { bubbles: true, detail: { stored, failed } }));
      const { uploadNext, uploadRefresh, uploadTarget } = form.dataset;
      if (stored && uploadRefresh) window.htmx?.ajax("GET", uploadRefresh, { target: uploadTarget, swap: "innerHTML" });
      else if (stored && !failed && uploadNext) window.location.assign(uploadNext);
    };
    const turn = () => {
      uploads = uploads.filter((upload) => upload.state !== "cancelled");
      const busy = uploads.filter((upload) => upload.state === "sending").length;
      const waiting = uploads.filter((upload) => upload.state === "waiting");
      for (const upload of waiting.slice(0, AT_ONCE - busy)) upload.start();
      if (uploads.length && !busy && !waiting.length) finish();
    };
    const add = (files) => {
      for (const file of files) {
        const upload = new Upload(form, file, turn);
        uploads.push(upload);
        list.append(upload.row);
      }
      input.value = "";
      turn();
    };
    input.addEventListener("change", () => { if (input.files.length) add([...input.files]); });
    form.addEventListener("submit", (event) => { event.preventDefault(); });
    form.addEventListener("drop", (event) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      add(input.multiple ? files : files.slice(0, 1));
    });
    window.addEventListener("beforeunload", (event) => {
      if (uploads.some((upload) => upload.state === "sending" || upload.state === "waiting")) event.preventDefault();
    });
  };

  for (const zone of document.querySelectorAll("[data-drop]")) {
    const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle("hp-drop-over", on); };
    zone.addEventListener("dragover", over(true));
    zone.addEventListener("dragleave", over(false));
    zone.addEventListener("drop", (event) => {
      over(false)(event);
      const form = zone.closest("form");
      if (form.hasAttribute("data-upload")) return;
      const input = zone.querySelector("input");
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  for (const form of document.querySelectorAll("form[data-upload]")) setUp(form);
})();
