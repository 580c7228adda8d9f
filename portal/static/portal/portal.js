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

  // Tabs for which the bar has no room stand in the menu.
  const tabs = document.querySelector(".tabs");
  const more = document.querySelector("[data-more]");
  const fitTabs = () => {
    for (const tab of tabs.children) tab.hidden = false;
    const phone = tabs.offsetParent === null;
    const over = [...tabs.children].map((tab) => tab.offsetTop > tabs.firstElementChild.offsetTop);
    over.forEach((out, n) => {
      tabs.children[n].hidden = out;
      more.children[n].hidden = !out && !phone;
    });
    more.classList.toggle("some", over.includes(true));
  };
  if (tabs && more) {
    fitTabs();
    window.addEventListener("resize", fitTabs);
  }

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

  // Where the device is, if it has leave to tell.
  const offerPlace = () => {
    for (const button of document.querySelectorAll("[data-here][hidden]")) button.hidden = !navigator.geolocation;
  };
  offerPlace();
  document.addEventListener("htmx:afterSettle", offerPlace);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-here]");
    if (!button) return;
    const say = (text) => { button.parentElement.querySelector("[role=status]").textContent = text; };
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      document.getElementById(button.dataset.here).value = `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`;
      say(`±${Math.round(coords.accuracy)} m`);
    }, () => say(button.dataset.denied), { enableHighAccuracy: true, timeout: 10000 });
  });

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
  const list = document.querySelector("table[data-queue]");
  const here = location.pathname + location.search;
  const roomy = () => panel && window.matchMedia("(min-width: 1180px)").matches;
  const choose = (row) => {
    for (const other of row.parentElement.rows) other.classList.toggle("on", other === row);
  };
  const showBeside = (row) => {
    const href = row.querySelector("a.t").getAttribute("href");
    for (const other of row.parentElement.rows) other.classList.toggle("open", other === row);
    const shown = () => {
      if (!row.classList.contains("open")) return; // another one was chosen meanwhile
      if (`case-${panel.querySelector("[data-case]")?.dataset.case}` !== row.id) return location.assign(href);
      panel.hidden = false;
      panel.parentElement.classList.add("beside");
      panel.scrollTop = 0;
      panel.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    };
    window.htmx.ajax("GET", `${href}?panel=1`, { source: panel, target: panel, swap: "innerHTML" }).then(shown, shown);
  };
  const closePanel = () => {
    if (!panel || panel.hidden) return false;
    panel.hidden = true;
    panel.replaceChildren();
    panel.parentElement.classList.remove("beside");
    document.querySelector("tr.open")?.classList.remove("open");
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
  const openRow = () => document.querySelector("tr.open");
  const remember = () => {
    const row = openRow();
    if (row) sessionStorage.setItem("beside", JSON.stringify([here, row.id, row.sectionRowIndex]));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!panel?.contains(form) || form.elements.namedItem("next")) return;
    const next = document.createElement("input");
    Object.assign(next, { type: "hidden", name: "next", value: here });
    form.append(next);
  }, true);
  // A form with a fault stays where it is; what is done shows in list and case at once.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!panel?.contains(form) || event.defaultPrevented || form.method !== "post") return;
    remember();
    const address = form.getAttribute("action") ?? "";
    if (!/^\/cases\/\d+\/(do|op|comment)\//.test(address)) return;
    event.preventDefault();
    const sent = { method: "POST", body: new FormData(form, event.submitter), headers: { "HX-Request": "true" }, redirect: "manual" };
    const answer = await fetch(address, sent).catch(() => null);
    delete form.dataset.sent;
    event.submitter?.removeAttribute("aria-busy");
    if (answer?.type === "opaqueredirect") return location.reload();
    const text = answer?.status === 422 ? await answer.text() : "";
    if (answer && !text.includes("<form")) return form.submit(); // refused: the whole page says why
    const part = document.createElement("template");
    part.innerHTML = text;
    if (!answer) {
      const said = Object.assign(document.createElement("p"), { className: "message error", textContent: panel.dataset.unsentText });
      said.setAttribute("role", "alert");
      form.parentElement.querySelector(":scope > .message")?.remove();
      return form.before(said);
    }
    const place = form.parentElement;
    form.replaceWith(part.content);
    place.querySelector("[aria-invalid=true]")?.focus();
  });
  // Back on the list after something was done: the same case is open; one that has left gives way to the next.
  const returned = () => {
    const [path, id, index] = JSON.parse(sessionStorage.getItem("beside") ?? "[]");
    sessionStorage.removeItem("beside");
    if (!panel || !list || path !== here) return;
    const same = document.getElementById(id);
    const row = same ?? list.tBodies[0].rows[Math.min(index, list.tBodies[0].rows.length - 1)];
    choose(row);
    if (same && roomy()) showBeside(row);
    else row.querySelector("a.t").focus();
  };
  returned();
  // A claimed row comes back changed: place and focus stay, and so does the case beside it.
  let wasOpen = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.matches("[data-queue] tr")) wasOpen = openRow()?.id ?? "";
  });
  document.addEventListener("htmx:load", (event) => {
    const row = event.target;
    if (!row.matches("[data-queue] tr")) return;
    choose(row);
    if (wasOpen === row.id) showBeside(row);
    else row.querySelector("a.t").focus();
  });

  // The queue by keyboard; the list of keys is in the help sheet of the page.
  const begin = () => {
    const open = panel && !panel.hidden;
    if (list && !open) return;
    const place = open ? panel : document.getElementById("content");
    const main = place.querySelector(".head .main-act .btn, .head a[data-opens]");
    if (main) return main.click();
    const other = open && place.querySelector(".act > summary, .act .btn");
    if (other) other.focus();
  };
  const queueKeys = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const rows = list ? [...list.tBodies[0].rows] : [];
    const at = rows.findIndex((row) => row.classList.contains("on"));
    const go = (to) => {
      const row = rows[to] ?? rows[Math.max(at, 0)];
      if (!row) return;
      choose(row);
      row.querySelector("a.t").focus();
      if (panel && !panel.hidden) showBeside(row);
    };
    const keys = {
      j: () => go(at + 1),
      k: () => go(at - 1),
      o: () => rows[at] && location.assign(rows[at].querySelector("a.t").href),
      x: () => rows[at]?.querySelector(".pick input")?.click(),
      c: () => rows[at]?.querySelector("[data-claim]")?.click(),
      a: begin,
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
    if (!bulk) return;
    const many = boxes.filter((box) => box.checked).length;
    bulk.classList.toggle("ready", many > 0 || bulk.elements.namedItem("all").checked);
    const said = bulk.querySelector("[data-picked]");
    said.dataset.none ??= said.textContent;
    said.textContent = many ? said.dataset.picked.replace("{n}", many) : said.dataset.none;
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
