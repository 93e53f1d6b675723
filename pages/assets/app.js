// What pages do with a script, beyond htmx: dialogs, what others change meanwhile, keys, a notice that goes by itself. Every page works without it.

const dialog = document.getElementById("dialog");
const palette = document.getElementById("palette");
const keys = document.getElementById("keys");

// A form that is a page of its own is sent as one: as a dialog over itself it would be there twice.
for (const form of document.querySelectorAll('main form[hx-post][hx-target="#dialog"]')) {
  form.removeAttribute("hx-post");
  form.removeAttribute("hx-target");
}

// A form asked for by htmx is shown as a dialog; the same address is a page without a script.
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== dialog) return;
  if (dialog.childElementCount === 0) return dialog.close();
  if (!dialog.open) dialog.showModal();
  (dialog.querySelector("[data-focus]") ?? dialog.querySelector("[autofocus], [aria-invalid=true], input:not([type=hidden])"))?.focus();
});

// What was refused is shown again with its reasons: htmx would drop it. Where one has to sign in first, or choose an account, that page is gone to: it is no part of this one.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const led = new URL(event.detail.xhr.responseURL || location.href);
  if (/^\/(sign-in|accounts|confirm)$/.test(led.pathname)) {
    event.detail.shouldSwap = false;
    return location.assign(led);
  }
  if (event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// What did not go is told where one looks, and what was typed stays: by the buttons of its form, else at the foot of the page.
function tell(word, at) {
  const toasts = document.getElementById("toasts");
  const text = toasts?.dataset[word];
  if (!text) return;
  const form = at?.closest?.("form");
  const beside = form?.querySelector(".acts") ?? form?.lastElementChild;
  document.querySelectorAll(".not-done").forEach((it) => it.remove());
  const said = document.createElement("p");
  said.className = beside ? "notice is-bad not-done" : "toast not-done";
  said.setAttribute("role", "alert");
  said.textContent = text;
  if (beside) beside.before(said);
  else toasts.append(said);
  said.scrollIntoView?.({ block: "nearest" });
}

addEventListener("online", () => document.querySelectorAll(".not-done").forEach((it) => it.remove()));

// Without a network a form or a link would lead to the browser's own page, and what was typed would be gone.
document.addEventListener(
  "submit",
  (event) => {
    if (navigator.onLine || event.target.method === "dialog") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    tell("offline", event.target);
  },
  true,
);
document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest?.("a[href]");
    if (navigator.onLine || !link || link.getAttribute("href").startsWith("#") || link.matches("[data-close], [data-palette]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    tell("offline");
  },
  true,
);

// What somebody asked for and the network did not carry; what the page asks by itself is asked again later.
document.body.addEventListener("htmx:sendError", (event) => {
  const by = event.detail.requestConfig?.triggeringEvent?.target;
  if (by?.closest && !by.closest("[data-quiet]")) tell("offline", event.detail.requestConfig.verb === "get" ? undefined : by);
});

// What the service did not answer well is asked for by the browser, which shows the page with what went wrong; a form stays, with what was typed.
document.body.addEventListener("htmx:responseError", (event) => {
  const { verb, path, triggeringEvent } = event.detail.requestConfig ?? {};
  if (triggeringEvent?.target?.closest?.("[data-quiet]")) return;
  if (verb === "get") location.assign(path);
  else tell("notDone", triggeringEvent?.target);
});

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
if (told) history.replaceState(null, "", location.href.replace(/([?&])told=[^&#]*&?/, "$1").replace(/[?&](#|$)/, "$1"));
// A page outside of accounts has no place of its own for it: there it stays where it stands.
const toasts = document.getElementById("toasts");
if (told && toasts) {
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
let unfolded = [];
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
  const select = `#${live.id}`;
  window.htmx.ajax("GET", location.pathname + location.search, { target: select, select, swap: "outerHTML" }).then(() => {
    if (!changed) document.querySelectorAll(`${select} details`).forEach((it, n) => (it.open = unfolded[n] ?? false));
  });
}

// What was begun while the new part was on its way stays as well; it comes once that is over.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const live = region();
  if (!live || event.detail.target !== live || event.detail.requestConfig?.triggeringEvent) return;
  unfolded = [...live.querySelectorAll("details")].map((it) => it.open);
  if (!busy()) return;
  event.detail.shouldSwap = false;
  changed = true;
});
document.addEventListener(
  "toggle",
  (event) => {
    if (changed && event.target.matches("details.menu:not([open])")) refresh();
  },
  true,
);

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

function goAnywhere() {
  if (palette.open) return palette.close();
  palette.showModal();
  const field = palette.querySelector("input");
  field.select();
  window.htmx?.trigger(field, "palette");
}

document.querySelector("[data-palette]")?.addEventListener("click", (event) => {
  if (!palette || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  goAnywhere();
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && palette) {
    event.preventDefault();
    return goAnywhere();
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
