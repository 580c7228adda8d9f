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
  const onlyWhereItMatters = () => {
    for (const part of document.querySelectorAll("[data-only-for]:not([data-wired])")) {
      const [name, wanted] = part.dataset.onlyFor.split("=");
      const form = part.closest("form");
      const look = () => {
        const chosen = form.querySelector(`[name="${name}"]:checked, select[name="${name}"]`);
        part.hidden = chosen?.value !== wanted;
      };
      part.dataset.wired = "";
      form.addEventListener("change", look);
      look();
    }
  };
  onlyWhereItMatters();
  document.addEventListener("htmx:afterSettle", onlyWhereItMatters);  // forms that come later

  // The first button of a case opens the form that lies further down the page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-opens]");
    const part = link && document.getElementById(link.dataset.opens);
    if (!part || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const focus = () => (part.querySelector(".body :is(input:not([type=hidden]), select, textarea, button)") ?? part.querySelector("summary")).focus();
    if (!part.open) part.addEventListener("htmx:afterSettle", focus, { once: true });
    part.open = true;
    part.scrollIntoView({ block: "center" });
    focus();
  });

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

  // Beside the list: the chosen case, where there is room for it. What is done there leads back here.
  const panel = document.getElementById("panel");
  const roomy = () => panel && window.matchMedia("(min-width: 1180px)").matches;
  const showBeside = (row) => {
    const href = row.querySelector("a.t").getAttribute("href");
    for (const other of row.parentElement.rows) other.classList.toggle("open", other === row);
    window.htmx.ajax("GET", `${href}?panel=1`, { target: panel, swap: "innerHTML" }).then(() => {
      panel.hidden = false;
      panel.parentElement.classList.add("beside");
      panel.scrollTop = 0;
      panel.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    });
  };
  const closePanel = () => {
    if (!panel || panel.hidden) return false;
    panel.hidden = true;
    panel.replaceChildren();
    panel.parentElement.classList.remove("beside");
    document.querySelector("tr.on a.t")?.focus();
    return true;
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-panel]")) closePanel();
    const link = event.target.closest("table[data-panel] a.t");
    if (!link || !roomy() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(link.closest("tr"));
    showBeside(link.closest("tr"));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!panel?.contains(form) || form.elements.namedItem("next")) return;
    const next = document.createElement("input");
    Object.assign(next, { type: "hidden", name: "next", value: location.pathname + location.search });
    form.append(next);
  }, true);

  // The queue by keyboard; the list of keys is in the help sheet of the page.
  const choose = (row) => {
    for (const other of row.parentElement.rows) other.classList.toggle("on", other === row);
  };
  const queueKeys = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const table = document.querySelector("table[data-queue]");
    const rows = table ? [...table.tBodies[0].rows] : [];
    const at = rows.findIndex((row) => row.classList.contains("on"));
    const go = (to) => {
      const row = rows[to] ?? rows[Math.max(at, 0)];
      if (!row) return;
      choose(row);
      row.querySelector("a.t").focus();
      if (panel && !panel.hidden) showBeside(row);
    };
    const pick = () => {
      const box = rows[at]?.querySelector(".pick input");
      if (box) box.click();
    };
    const keys = {
      j: () => go(at + 1),
      k: () => go(at - 1),
      o: () => rows[at] && location.assign(rows[at].querySelector("a.t").href),
      x: pick,
      c: () => rows[at]?.querySelector("[data-claim]")?.click(),
      a: () => panel?.querySelector(".head .btn.first")?.click(),
      n: () => document.querySelector("[data-next]")?.click(),
      "/": () => document.querySelector("[data-search]")?.focus(),
      "?": () => document.getElementById("keys")?.showModal(),
      Escape: closePanel,
    };
    if (keys[event.key]) {
      const done = keys[event.key]();
      if (done !== false) event.preventDefault();
    }
  };

  // Ticking many: all of the page, and how many there are.
  document.addEventListener("change", (event) => {
    const boxes = [...document.querySelectorAll(".pick input[name=case]")];
    if (event.target.matches("[data-pick-all]")) for (const box of boxes) box.checked = event.target.checked;
    const bulk = document.getElementById("bulk");
    if (bulk) bulk.classList.toggle("ready", boxes.some((box) => box.checked) || bulk.elements.namedItem("all").checked);
  });

  // The badge of unread notices looks once a minute, while somebody can see it.
  const badge = document.querySelector("[data-unread]");
  if (badge) {
    let looked = Date.now();
    const look = () => {
      if (document.visibilityState !== "visible" || Date.now() - looked < 59_000) return;
      looked = Date.now();
      window.htmx?.trigger(badge, "look");
    };
    window.setInterval(look, 60_000);
    document.addEventListener("visibilitychange", look);
  }

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
