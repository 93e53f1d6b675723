// What pages do with a script, beyond htmx: dialogs, what others change meanwhile, keys, a notice that goes by itself. Every page works without it.

const dialog = document.getElementById("dialog");
const palette = document.getElementById("palette");
const keys = document.getElementById("keys");

// A form asked for by htmx is shown as a dialog; the same address is a page without a script.
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== dialog) return;
  if (dialog.childElementCount === 0) return dialog.close();
  if (!dialog.open) dialog.showModal();
  (dialog.querySelector("[data-focus]") ?? dialog.querySelector("[autofocus], [aria-invalid=true], input:not([type=hidden])"))?.focus();
});

// What was refused is shown again with its reasons: htmx would drop it.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// What htmx could not do is done by the browser: it shows the page with what went wrong.
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.body.addEventListener(name, (event) => {
    const path = event.detail.requestConfig?.verb === "get" && event.detail.requestConfig.path;
    if (path && !event.detail.requestConfig.triggeringEvent?.target?.closest?.("[data-quiet]")) location.assign(path);
  });
}

for (const any of [dialog, palette, keys]) {
  any?.addEventListener("click", (event) => {
    if (event.target === any || event.target.closest("[data-close]")) {
      event.preventDefault();
      any.close();
    }
  });
}
dialog?.addEventListener("close", () => {
  dialog.replaceChildren();
  if (changed) refresh();
});

// A menu closes when something else is pressed, or Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target) || event.target.closest("a, button")) menu.open = false;
  }
});

// What was done is told for ten seconds; longer while it is looked at.
const told = document.querySelector(".notice.is-good");
if (told) {
  history.replaceState(null, "", location.href.replace(/([?&])told=[^&#]*&?/, "$1").replace(/[?&](#|$)/, "$1"));
  const toasts = document.getElementById("toasts");
  told.classList.add("toast");
  toasts.append(told);
  let leaving;
  const leave = () => (leaving = setTimeout(() => told.remove(), 10_000));
  const stay = () => clearTimeout(leaving);
  for (const name of ["pointerenter", "focusin"]) told.addEventListener(name, stay);
  for (const name of ["pointerleave", "focusout"]) told.addEventListener(name, leave);
  leave();
}

// What others change is shown at once, in the part of the page that says so; what is being typed stays as it is.
const ASK = "subscription($account:ID!,$contact:ID){contactChanged(accountId:$account,contactId:$contact){position contactId}}";
let changed = false;
let stream;
let waiting;

function region() {
  return document.querySelector("[data-live]");
}

function busy() {
  const live = region();
  return dialog?.open || live?.contains(document.activeElement?.closest("form, details.menu[open]")) || live?.querySelector("[data-pick]:checked");
}

function refresh() {
  const live = region();
  if (!live?.id || !window.htmx) return;
  if (busy()) {
    changed = true;
    return;
  }
  changed = false;
  const open = [...live.querySelectorAll("details")].map((it) => it.open);
  const select = `#${live.id}`;
  window.htmx.ajax("GET", location.pathname + location.search, { target: select, select, swap: "outerHTML" }).then(() => {
    document.querySelectorAll(`${select} details`).forEach((it, n) => (it.open = open[n] ?? false));
  });
}

function listen() {
  const live = region();
  if (!live || stream || document.hidden) return;
  const [account, contact] = live.dataset.live.split(" ");
  const variables = JSON.stringify({ account, contact: contact || null });
  stream = new EventSource(`/graphql/stream?query=${encodeURIComponent(ASK)}&variables=${encodeURIComponent(variables)}`);
  stream.addEventListener("next", () => {
    // Many at once, from an import, are one.
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 150);
  });
  stream.addEventListener("error", () => {
    // Refused, and not only cut off: nothing comes of asking again.
    if (stream?.readyState === EventSource.CLOSED) stream = undefined;
  });
}

// Rows chosen for one act: all of the page by one press, and how many they are.
function picks(all) {
  const boxes = [...document.querySelectorAll("[data-pick]")];
  if (all) boxes.forEach((box) => (box.checked = all.checked));
  const chosen = boxes.filter((box) => box.checked).length;
  const told = document.querySelector("[data-picked]");
  if (told) told.textContent = chosen || "";
  const head = document.querySelector("[data-pick-all]");
  if (head) {
    head.checked = chosen > 0 && chosen === boxes.length;
    head.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  if (!chosen && changed) refresh();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick], [data-pick-all]")) picks(event.target.matches("[data-pick-all]") && event.target);
});
picks();

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    // A page that nobody looks at holds no connection.
    stream?.close();
    stream = undefined;
  } else if (region()) {
    listen();
    refresh();
  }
});
addEventListener("pagehide", () => stream?.close());
listen();

// The palette leads to the first thing found for what is typed, and not for what was typed a moment ago.
let shown;
let wanted = false;

function choose() {
  wanted = shown !== palette.querySelector("input").value;
  if (!wanted) palette.querySelector("li a")?.click();
}

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "found") return;
  shown = new URL(event.detail.xhr.responseURL).searchParams.get("q") ?? "";
  if (wanted) choose();
});

// Keys: `/` searches, j and k go through a list, Ctrl-K goes anywhere, ? says so.
const rows = () => [...document.querySelectorAll("main .row-link")];

function step(by) {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))]?.focus();
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && palette) {
    event.preventDefault();
    if (palette.open) return palette.close();
    palette.showModal();
    const field = palette.querySelector("input");
    field.select();
    return window.htmx?.trigger(field, "palette");
  }
  if (palette?.open) {
    const all = [...palette.querySelectorAll("input, li a")];
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      const at = all.indexOf(document.activeElement);
      all[(at + by + all.length) % all.length]?.focus();
    } else if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      choose();
    }
    return;
  }
  if (event.key === "Escape") {
    const menu = event.target.closest?.("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    return;
  }
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || dialog?.open || keys?.open) return;
  const act = { j: () => step(1), k: () => step(-1), "?": () => keys?.showModal() }[event.key];
  const field = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!act && !field) return;
  event.preventDefault();
  act ? act() : field.focus();
});

document.querySelector("[data-focus]")?.focus();

// The sheet turned to any day since it was recorded, a step a day; the last is now. It comes back under the same fingers.
const DAY = 864e5;
for (const place of document.querySelectorAll("[data-slide]")) {
  const first = Date.parse(place.dataset.slide.slice(0, 10));
  const last = Math.floor((Date.now() - first) / DAY);
  if (last < 1) continue;
  const at = new URLSearchParams(location.search).get("at");
  const range = document.createElement("input");
  Object.assign(range, { type: "range", min: 0, max: last });
  range.value = at ? Math.round((Date.parse(at.slice(0, 10)) - first) / DAY) : last;
  range.setAttribute("aria-label", place.dataset.label);
  const told = document.createElement("output");
  const words = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });
  const tell = () => {
    told.value = words.format(new Date(first + range.value * DAY));
    range.setAttribute("aria-valuetext", told.value);
  };
  let turning;
  range.addEventListener("input", tell);
  range.addEventListener("change", () => {
    clearTimeout(turning);
    turning = setTimeout(() => {
      const day = new Date(first + range.value * DAY).toISOString().slice(0, 10);
      const query = Number(range.value) < last ? `?at=${day}T23:59` : "";
      location.assign(`${location.pathname}${query}#slide`);
    }, 400);
  });
  place.append(range, told);
  place.hidden = false;
  tell();
  if (location.hash === "#slide") range.focus();
}
