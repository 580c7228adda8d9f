// A table that people write into: arrows move, Enter, F2 or a double click opens a cell, Tab goes on,
// Esc leaves it as it was. Each cell is one request; what is refused stays in the cell with the reason.
(() => {
  "use strict";
  const sheet = document.querySelector("[data-sheet]");
  if (!sheet) return;
  const body = sheet.tBodies[0];
  const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
  const at = (row, column) => body.rows[row]?.cells[column];
  const place = (cell) => [cell.parentElement.sectionRowIndex, cell.cellIndex];
  let current = body.rows[0].cells[2] ?? body.rows[0].cells[1];

  const go = (cell) => {
    if (!cell || cell.tagName !== "TD") return;
    current.tabIndex = -1;
    current = cell;
    cell.tabIndex = 0;
    cell.focus();
  };
  const next = (cell, step) => {
    const cells = [...body.querySelectorAll("td[data-kind]")];
    return cells[cells.indexOf(cell) + step] ?? cell;
  };

  const field = (cell) => {
    const { kind, key, value, label } = cell.dataset;
    const choices = document.querySelector(`[data-choices="${key}"]`);
    const made = document.createElement(choices ? "select" : kind === "long" ? "textarea" : "input");
    if (choices) made.append(choices.content.cloneNode(true));
    else if (kind === "date") made.type = "date";
    else if (kind === "number") made.inputMode = "decimal";
    made.setAttribute("aria-label", label);
    made.value = value;
    return made;
  };
  const say = (cell, words) => {
    cell.querySelector(".wrong")?.remove();
    const input = cell.querySelector("input, select, textarea");
    if (!words) return;
    const line = document.createElement("span");
    line.className = "wrong";
    line.id = "wrong";
    line.role = "alert";
    line.textContent = words;
    cell.append(line);
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", "wrong");
    input.focus();
  };
  const open = (cell) => {
    if (!cell.dataset.kind || cell.classList.contains("writing")) return;
    go(cell);
    cell.firstElementChild.hidden = true;
    cell.classList.add("writing");
    const input = field(cell);
    cell.append(input);
    input.focus();
    if (input.select) input.select();
  };
  const close = (cell) => {
    cell.classList.remove("writing", "saving");
    [...cell.children].slice(1).forEach((child) => child.remove());
    cell.firstElementChild.hidden = false;
  };
  const show = (row, answer) => {
    row.dataset.version = answer.version;
    for (const cell of row.querySelectorAll("td[data-key]")) {
      const said = answer.cells[cell.dataset.key];
      if (!said) continue;
      cell.firstElementChild.textContent = said.text;
      if (said.value === null) delete cell.dataset.kind;
      else cell.dataset.value = said.value;
    }
  };

  const save = async (cell) => {
    const input = cell.querySelector("input, select, textarea");
    if (!input || cell.classList.contains("saving")) return false;
    if (input.value === cell.dataset.value) { close(cell); return true; }
    const row = cell.parentElement;
    cell.classList.add("saving");
    const sent = new URLSearchParams({ [cell.dataset.key]: input.value, version: row.dataset.version });
    let status = 0;
    let answer = {};
    try {
      const got = await fetch(row.dataset.edit, {
        method: "POST", body: sent, headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
      });
      status = got.status;
      answer = await got.json();
    } catch {
      status = 0;
    }
    cell.classList.remove("saving");
    if (status === 200) { show(row, answer); close(cell); return true; }
    if (answer.cells) show(row, answer);
    if (status === 409 && answer.cells) {
      say(cell, sheet.dataset.stale.replace("{text}", answer.cells[cell.dataset.key].text || "—"));
    } else say(cell, status ? answer.message : sheet.dataset.lost);
    return false;
  };

  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const writing = async (event, cell) => {
    if (event.key === "Escape") { close(cell); go(cell); }
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      const [row, column] = place(cell);
      if (await save(cell)) go(at(row + 1, column) ?? cell);
    } else if (event.key === "Tab") {
      event.preventDefault();
      const beside = next(cell, event.shiftKey ? -1 : 1);
      if (await save(cell)) { if (beside === cell) go(cell); else open(beside); }
    }
  };
  body.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (!cell) return;
    if (cell.classList.contains("writing")) { event.stopPropagation(); writing(event, cell); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (moves[event.key]) {
      const [row, column] = place(cell);
      const [down, right] = moves[event.key];
      event.preventDefault();
      go(at(row + down, column + right));
    } else if (event.key === "Enter" || event.key === "F2") {
      event.preventDefault();
      event.stopPropagation();
      open(cell);
    }
  });
  body.addEventListener("dblclick", (event) => {
    const cell = event.target.closest("td[data-kind]");
    if (cell) open(cell);
  });
  body.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (cell && !cell.classList.contains("writing")) go(cell);
  });
  body.addEventListener("focusout", (event) => {
    const cell = event.target.closest("td.writing");
    if (cell && !cell.contains(event.relatedTarget) && !cell.querySelector(".wrong")) save(cell);
  });

  sheet.setAttribute("role", "grid");
  for (const cell of body.querySelectorAll("td")) cell.tabIndex = -1;
  current.tabIndex = 0;
})();
