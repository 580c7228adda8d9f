/* What the pages do in the browser, beyond htmx. Everything works without this file. */
(() => {
  "use strict";

  const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

  // A form is sent once: the second click of a double click does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent && form.method === "post") {
      event.preventDefault();
      return;
    }
    const question = event.submitter?.dataset.confirm;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    if (form.method === "post" && !form.hasAttribute("hx-post")) {
      form.dataset.sent = "1";
      event.submitter?.setAttribute("aria-busy", "true");
      window.setTimeout(() => { delete form.dataset.sent; }, 8000);
    }
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
  });

  // Autosave: every changed field is sent by itself, again until it arrives; its state is visible.
  for (const form of document.querySelectorAll("form[data-autosave-url]")) {
    const state = form.querySelector("[data-saved]");
    const waiting = new Map();
    const keep = "draft:" + form.dataset.autosaveUrl;
    let timer = 0;
    let busy = false;

    const show = (text, bad) => {
      state.textContent = text;
      state.classList.toggle("not", bad);
    };
    const remember = () => {
      try { sessionStorage.setItem(keep, JSON.stringify([...waiting])); } catch { /* storage is full or closed */ }
    };
    const send = async () => {
      if (busy || waiting.size === 0) return;
      busy = true;
      const batch = [...waiting];
      const body = new FormData();
      for (const [name, value] of batch) body.append(name, value);
      try {
        const answer = await fetch(form.dataset.autosaveUrl, {
          method: "POST", body, headers: { "X-CSRFToken": csrf() }, redirect: "manual",
        });
        if (!answer.ok) throw new Error(String(answer.status));
        const saved = await answer.json();
        for (const [name, value] of batch) if (waiting.get(name) === value) waiting.delete(name);
        remember();
        show(form.dataset.savedText.replace("{time}", saved.saved_at), false);
      } catch {
        show(form.dataset.unsavedText, true);
        timer = window.setTimeout(send, 4000);
      }
      busy = false;
      if (waiting.size && !timer) schedule();
    };
    const schedule = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => { timer = 0; send(); }, 500);
    };
    const changed = (event) => {
      const field = event.target;
      if (!field.name || field.type === "file" || field.name === "csrfmiddlewaretoken") return;
      let value = field.value;
      if (field.type === "checkbox") {
        const boxes = form.querySelectorAll(`[name="${CSS.escape(field.name)}"]:checked`);
        value = [...boxes].map((box) => box.value).join(",");
      }
      waiting.set(field.name, value);
      remember();
      schedule();
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("submit", () => { waiting.clear(); sessionStorage.removeItem(keep); });
    window.addEventListener("beforeunload", (event) => { if (waiting.size) event.preventDefault(); });
    // What a lost session kept from being saved comes back.
    try {
      for (const [name, value] of JSON.parse(sessionStorage.getItem(keep) ?? "[]")) {
        const field = form.elements.namedItem(name);
        if (field instanceof RadioNodeList) field.value = value;
        else if (field && field.type !== "checkbox") field.value = value;
        waiting.set(name, value);
      }
      if (waiting.size) send();
    } catch { sessionStorage.removeItem(keep); }
  }

  // A part of a form that matters only for one choice.
  for (const part of document.querySelectorAll("[data-only-for]")) {
    const [name, wanted] = part.dataset.onlyFor.split("=");
    const look = () => {
      const chosen = part.closest("form").querySelector(`[name="${name}"]:checked, select[name="${name}"]`);
      part.hidden = chosen?.value !== wanted;
    };
    part.closest("form").addEventListener("change", look);
    look();
  }

  // Menus close when one looks elsewhere.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
    queueKeys(event);
  });

  // The queue by keyboard: j and k move, Enter opens, c claims, n takes the next, / searches.
  const queueKeys = (event) => {
    const table = document.querySelector("table[data-queue]");
    if (!table || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const rows = [...table.tBodies[0].rows];
    const at = rows.findIndex((row) => row.classList.contains("on"));
    const go = (to) => {
      if (!rows[to]) to = Math.max(at, 0);
      if (!rows[to]) return;
      if (rows[at]) rows[at].classList.remove("on");
      rows[to].classList.add("on");
      rows[to].querySelector("a").focus();
    };
    const keys = {
      j: () => go(at + 1),
      k: () => go(at - 1),
      c: () => rows[at]?.querySelector("[data-claim]")?.click(),
      n: () => document.querySelector("[data-next]")?.click(),
      "/": () => document.querySelector("[data-search]")?.focus(),
    };
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  };

  // htmx: an answer with errors (409, 422) is shown like any other.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([403, 409, 422].includes(event.detail.xhr.status)) event.detail.shouldSwap = true;
  });
})();

/* Accounts: copying and printing; what was typed when a session ended comes back into its page. */
(() => {
  "use strict";

  for (const button of document.querySelectorAll("[data-copy], [data-print]")) {
    if (button.dataset.copy && !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      if (!button.dataset.copy) return window.print();
      const source = document.getElementById(button.dataset.copy);
      const lines = [...source.querySelectorAll("code")].map((line) => line.textContent);
      await navigator.clipboard.writeText(lines.length ? lines.join("\n") : (source.value ?? source.textContent));
      button.textContent = button.dataset.done;
    });
  }

  const box = "typed";
  const keep = () => {
    const kept = document.querySelector("[data-keep-for]");
    if (!kept) return;
    const typed = [...kept.querySelectorAll("[data-keep]")].map((line) => [line.dataset.keep, line.textContent]);
    try { sessionStorage.setItem(box, JSON.stringify([kept.dataset.keepFor, typed])); } catch { /* full or closed */ }
  };
  const bringBack = () => {
    try {
      const [path, typed] = JSON.parse(sessionStorage.getItem(box) ?? "[]");
      if (path !== location.pathname + location.search) return;
      for (const [name, value] of typed) {
        for (const field of document.querySelectorAll(`form[method=post] [name="${CSS.escape(name)}"]`)) {
          if (/^(text|textarea|tel|email|search|date|number|select-one)$/.test(field.type) && !field.value) {
            field.value = value;
            sessionStorage.removeItem(box);
          }
        }
      }
    } catch { sessionStorage.removeItem(box); }
  };
  keep();
  bringBack();
  // Forms that htmx brings into the page later, and the page of an ended session that it shows.
  document.addEventListener("htmx:afterSettle", () => { keep(); bringBack(); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 401) event.detail.shouldSwap = true;
  });
})();
