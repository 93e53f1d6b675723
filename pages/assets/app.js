// What pages do with a script, beyond htmx: dialogs, the search key, keeping the focus where it belongs. Every page works without it.

const dialog = document.getElementById("dialog");

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

dialog?.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("[data-close]")) {
    event.preventDefault();
    dialog.close();
  }
});
dialog?.addEventListener("close", () => dialog.replaceChildren());

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || dialog?.open) return;
  const field = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!field) return;
  event.preventDefault();
  field.focus();
});

document.querySelector("[data-focus]")?.focus();
