// Passkeys: form[data-passkey] holds a question to the browser; its answer goes into the form, which is then sent. Loaded with defer.
(() => {
  const reads = window.PublicKeyCredential;
  if (!reads?.parseRequestOptionsFromJSON) return;
  let waiting = null;

  async function ask(form, mediation) {
    waiting?.abort();
    waiting = new AbortController();
    const { signal } = waiting;
    const question = JSON.parse(form.dataset.question).publicKey;
    const credential = form.dataset.passkey === "make"
      ? await navigator.credentials.create({ signal, publicKey: reads.parseCreationOptionsFromJSON(question) })
      : await navigator.credentials.get({ signal, mediation, publicKey: reads.parseRequestOptionsFromJSON(question) });
    form.elements.answer.value = JSON.stringify(credential.toJSON());
    form.submit();
  }

  function say(form, error) {
    // The person chose the other way.
    if (error.name === "AbortError") return;
    const made = error.name === "InvalidStateError";
    form.querySelector("[data-said]").textContent = made ? "This device has a passkey of yours already." : "That did not work, or was stopped. You can try again.";
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form, undefined).catch((error) => say(form, error));
    });
    // Beside the field for the address, the browser offers passkeys by itself.
    if (form.dataset.passkey === "offer") {
      reads.isConditionalMediationAvailable?.().then((can) => can && ask(form, "conditional")).catch((error) => say(form, error));
    }
  }
})();
