// Keeps what is typed into form[data-draft] on this device until it is sent, and counts characters. Loaded with defer.
(() => {
  const PREFIX = "candour:draft:";
  // Storage may be full or forbidden; the form works without it.
  const attempt = (action) => { try { return action(); } catch { return null; } };
  const tab = () => sessionStorage;
  const device = () => localStorage;
  // On a device that others use, too (its pages offer to finish), a draft goes with the browser's tab, and nobody is shown another's.
  const place = document.getElementById("finish") ? tab : device;
  const store = {
    get: (key) => attempt(() => JSON.parse(place().getItem(PREFIX + key))),
    set: (key, value) => attempt(() => place().setItem(PREFIX + key, JSON.stringify(value))),
    drop: (key) => attempt(() => place().removeItem(PREFIX + key)),
  };

  // A draft goes when the page after sending says that it worked, or when its writer leaves this device.
  const SENDING = "candour:sending";
  const sending = attempt(() => sessionStorage.getItem(SENDING));
  attempt(() => sessionStorage.removeItem(SENDING));
  if (sending && document.querySelector("[data-success]")) store.drop(sending);
  const kept = (where) => attempt(() => Object.keys(where()).filter((key) => key.startsWith(PREFIX))) || [];
  const saves = [];
  for (const form of document.querySelectorAll("form[data-forget-drafts]")) form.addEventListener("submit", () => {
    // Pressed half-way through a sentence, the button above the page asks first; without a sentence it need not.
    const ask = form.elements.namedItem("ask");
    for (const save of saves) save();
    if (ask && kept(place).length) return;
    if (ask) ask.disabled = true;
    for (const where of [tab, device]) for (const key of kept(where)) attempt(() => where().removeItem(key));
  });
  const unsent = document.querySelector("[data-unsent]");
  if (unsent) unsent.hidden = !kept(place).length;

  const fields = (form) => [...form.querySelectorAll("textarea, select, input[type=radio]")];
  const empty = (values) => !(values.body || "").trim();

  function read(form) {
    const values = {};
    for (const field of fields(form)) if (field.type !== "radio" || field.checked) values[field.name] = field.value;
    return values;
  }

  function fill(form, values) {
    for (const field of fields(form)) {
      if (!(field.name in values)) continue;
      if (field.type === "radio") field.checked = field.value === values[field.name];
      else field.value = values[field.name];
    }
  }

  for (const form of document.querySelectorAll("form[data-draft]")) {
    const key = form.dataset.draft;
    const body = form.querySelector("textarea");
    const note = form.querySelector("[data-draft-note]");
    const before = store.get(key);
    const given = read(form);
    // Who has just come in may not be who wrote the draft: on a ward's computer it stays on its own page.
    const fresh = form.hasAttribute("data-draft-fresh");
    if (before && !fresh && !empty(before) && before.body !== given.body) {
      fill(form, before);
      if (note) note.hidden = false;
    }
    note?.querySelector("button")?.addEventListener("click", () => {
      store.drop(key);
      form.reset();
      note.hidden = true;
      body.focus();
      count();
    });

    let timer;
    const save = () => {
      const values = read(form);
      if (empty(values)) store.drop(key);
      else store.set(key, values);
    };
    let typed = false;
    saves.push(() => { if (typed) save(); });
    form.addEventListener("input", () => {
      typed = true;
      clearTimeout(timer);
      timer = setTimeout(save, 400);
      count();
    });
    form.addEventListener("submit", () => {
      save();
      attempt(() => sessionStorage.setItem(SENDING, key));
    });

    const counter = form.querySelector("[data-count-of]");
    const said = form.querySelector("[data-count-said]");
    let saying;
    function count() {
      if (!counter) return;
      const text = body.value.trim(); // as it is stored
      const letters = window.Intl?.Segmenter ? [...new Intl.Segmenter().segment(text)] : [...text];
      const left = Number(counter.dataset.countOf) - letters.length;
      const words = Math.abs(left).toLocaleString("en-GB") + (Math.abs(left) === 1 ? " character" : " characters");
      counter.textContent = left < 0 ? `You have ${words} too many` : `You have ${words} left`;
      counter.classList.toggle("candour-count--over", left < 0);
      clearTimeout(saying);
      if (said && left < 200) saying = setTimeout(() => { said.textContent = counter.textContent; }, 1000);
    }
    count();
  }
})();
