// Keys for moderators: Alt and Shift with a letter or digit, on the page of a case. Off until switched on, on this device. Loaded with defer.
(() => {
  const KEY = "candour:moderation-keys";
  const control = document.querySelector("[data-keys-switch]");
  if (!control) return;
  const said = document.querySelector("[data-keys-said]");
  // Storage may be forbidden; then keys work until the page is left.
  const attempt = (action) => { try { return action(); } catch { return null; } };
  let on = attempt(() => localStorage.getItem(KEY)) === "on";

  function show() {
    control.textContent = on ? "Switch keys off" : "Switch keys on";
    control.setAttribute("aria-pressed", String(on));
    control.hidden = false;
  }

  control.addEventListener("click", () => {
    on = !on;
    attempt(() => (on ? localStorage.setItem(KEY, "on") : localStorage.removeItem(KEY)));
    show();
    said.textContent = on ? "Keys are on." : "Keys are off.";
  });

  // Where the key is, not what it types with Alt and Shift: that differs by layout.
  const pressed = (event) => event.code.replace(/^(Key|Digit|Numpad)/, "").toLowerCase();

  function act(place) {
    if (place.matches("input[type=radio]")) {
      place.checked = true;
      // The reason is the decision. Only where words are needed as well does it wait for them.
      return place.hasAttribute("data-needs-words") ? place.form.elements.note.focus() : place.form.requestSubmit();
    }
    if (place.matches("summary")) {
      place.parentElement.open = true;
      return place.parentElement.querySelector("textarea, input:not([type=hidden]), select, button")?.focus();
    }
    place.click();
  }

  let sent = false;
  document.addEventListener("submit", () => { sent = true; });
  addEventListener("pageshow", () => { sent = false; });
  document.addEventListener("keydown", (event) => {
    if (!on || sent || event.repeat || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return;
    const place = document.querySelector(`[data-key="${CSS.escape(pressed(event))}"]`);
    if (!place) return;
    event.preventDefault();
    act(place);
  });

  show();
  // Whoever works by keyboard is at the words at once, past all that is the same on every page; what was done before is said from the status line.
  if (on && !location.hash) document.querySelector("[data-words]")?.focus({ preventScroll: true });
})();
