// Filters, the search for rules, and buttons to copy. Everything can be read without this script.
"use strict";

const root = document.currentScript.dataset.root;
const queuespec = (window.queuespec = {});

/** Adds a script of data, once, and calls `then` with it: a page from a disk can load nothing else. */
const loaded = {};
function load(name, then) {
  if (!(name in loaded)) {
    loaded[name] = new Promise((resolve) => {
      queuespec[name] = resolve;
      const script = document.createElement("script");
      script.src = `${root}${name}.js`;
      document.head.append(script);
    });
  }
  loaded[name].then(then);
}

/** Whether an item, or what it is in, has this value for this name; several values stand between bars. */
function has(item, name, value) {
  const holder = item.closest(`[data-${name}]`);
  return holder !== null && holder.getAttribute(`data-${name}`).split("|").includes(value);
}

function filters(form) {
  const matrix = document.querySelector(".matrix");
  const items = document.querySelectorAll(matrix ? "tr[data-run]" : "tbody tr, .rule, .entry, .changes li");
  const rows = [...items].filter((item) => !item.parentElement.closest(".rule, .entry"));
  const controls = [...form.elements].filter((control) => control.name);
  const value = (control) => (control.type === "checkbox" ? (control.checked ? "yes" : "") : control.value.trim());
  const texts = new Map();

  function apply() {
    const wanted = controls.map((control) => [control.name, value(control)]).filter(([, one]) => one);
    let count = 0;
    for (const row of rows) {
      row.hidden = !wanted.every(([name, one]) => {
        if (name === "text") {
          if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
          return one.toLowerCase().split(/\s+/).every((word) => texts.get(row).includes(word));
        }
        if (name === "only") return matrix || row.hasAttribute("data-differs");
        return (matrix && name === "level") || has(row, name, one);
      });
      count += !row.hidden;
    }
    if (matrix) {
      for (const run of matrix.tBodies) run.hidden = !run.querySelector("tr[data-run]:not([hidden])");
      const chosen = Object.fromEntries(wanted);
      const only = "only" in chosen;
      level(matrix, chosen.level || "", only, () => columns(matrix, only));
    }
    form.querySelector("output").textContent = `${count} of ${rows.length} ${form.dataset.what}`;
    return wanted;
  }

  function set(text) {
    const state = new URLSearchParams(text);
    for (const control of controls) {
      if (control.type === "checkbox") control.checked = state.has(control.name);
      else control.value = state.get(control.name) || "";
      if (control.selectedIndex === -1) control.selectedIndex = 0;
    }
  }

  function read() {
    set(location.hash.includes("=") ? location.hash.slice(1) : "");
    apply();
  }

  function changed() {
    const state = new URLSearchParams(apply()).toString();
    history.replaceState(null, "", state ? `#${state}` : location.pathname + location.search);
  }

  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault(); // the browser would clear the controls only after this
    set("");
    changed();
  });
  window.addEventListener("hashchange", () => location.hash.includes("=") && read());
  form.hidden = false;
  read();
}

/** Shows what the rules of one level say, or of all; fills the rows that the page had no room for, too. */
let drawn = "";
function draw(matrix, name, then) {
  drawn = name;
  load("levels", (levels) => {
    const heads = [...matrix.tHead.rows[0].cells].slice(1);
    for (const row of matrix.querySelectorAll("tr[data-run]")) {
      if (isWhole(row) && !("later" in row.dataset)) continue;
      const cells = levels[row.dataset.run][row.dataset.startMethod].map((words) => words[name] || ["", "", "none"]);
      const drawings = cells.map(([count, word, look], number) => {
        const cell = row.insertCell();
        const link = document.createElement("a");
        link.href = `${row.dataset.run}/${heads[number].dataset.path}`;
        link.textContent = count || word;
        if (word) cell.append(link, count && ` ${word}`);
        if (look !== "good") cell.className = look;
        cell.dataset.chapter = heads[number].textContent;
        return cell;
      });
      row.replaceChildren(row.cells[0], ...drawings);
      delete row.dataset.later;
    }
    then();
  });
}

/** Whether a row has one cell for all chapters. */
const isWhole = (row) => row.querySelector(".whole") !== null;

/** Shows a level, and fills rows if the chapters that differ are asked for. */
function level(matrix, name, only, then) {
  if (name === drawn && !(only && matrix.querySelector("[data-later]"))) then();
  else draw(matrix, name, then);
}

/** Hides the chapters in which all rows that are shown say the same. */
function columns(matrix, only) {
  const rows = [...matrix.querySelectorAll("tr[data-run]")].filter((row) => !isWhole(row));
  const shown = rows.filter((row) => !row.hidden);
  [...matrix.tHead.rows[0].cells].forEach((head, number) => {
    if (number === 0) return;
    const texts = shown.map((row) => row.cells[number].textContent.trim()).filter(Boolean);
    const hide = only && new Set(texts).size < 2;
    head.hidden = hide;
    for (const row of rows) row.cells[number].hidden = hide;
  });
}

function search(place) {
  const input = place.querySelector("input");
  const list = place.querySelector("ul");
  input.addEventListener("input", () => {
    const words = input.value.trim().toLowerCase().split(/\s+/);
    load("rules", (rules) => {
      const found = words[0] ? rules.filter((rule) => words.every((word) => rule.join(" ").toLowerCase().includes(word))) : [];
      const items = found.slice(0, 12).map(([slug, path, sentence, kind]) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = `${root}specification/${path}#${slug}`;
        link.textContent = slug;
        item.append(link, `${sentence} (${kind})`);
        return item;
      });
      if (words[0] && (found.length > 12 || found.length === 0)) {
        const item = document.createElement("li");
        item.textContent = found.length ? `${found.length - 12} more; the index lists all` : "no rule has these words";
        items.push(item);
      }
      list.replaceChildren(...items);
    });
  });
  place.hidden = false;
}

function copying(block) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copied";
  button.textContent = "Copy";
  const text = block.textContent;
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(text).then(
      () => (button.textContent = "Copied"),
      () => getSelection().selectAllChildren(block),
    );
  });
  block.before(button);
}

/** Opens what the address names. */
function opened() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.scrollIntoView();
  }
}

for (const matrix of document.querySelectorAll(".matrix")) {
  const names = [...matrix.tHead.rows[0].cells].map((cell) => cell.textContent);
  for (const row of matrix.querySelectorAll("tr[data-run]")) {
    if (!isWhole(row)) [...row.cells].slice(1).forEach((cell, number) => (cell.dataset.chapter = names[number + 1]));
  }
  matrix.classList.add("cards");
  const seeing = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seeing.disconnect();
    draw(matrix, drawn, () => {});
  });
  matrix.querySelectorAll("[data-later]").forEach((row) => seeing.observe(row));
}
document.querySelectorAll(".filters").forEach(filters);
document.querySelectorAll(".find").forEach(search);
document.querySelectorAll("pre.copy").forEach(copying);
window.addEventListener("hashchange", opened);
window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => (one.open = true)));
opened();
