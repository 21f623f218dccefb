// Keeps counts up to date and announces what is new, without moving what one reads. Loaded with defer.
// Streams from data-live; when the stream is silent or cut (some hospital proxies do that), asks data-changes instead.
(() => {
  const bar = document.querySelector("[data-live]");
  if (!bar) return;
  const SILENCE = 30_000; // two heartbeats
  const POLL = 10_000;
  const RETRY = 12; // polls until the stream is tried again
  const SAY = 5_000;
  const { live, changes, contribution } = bar.dataset;
  const own = new Set(bar.dataset.own.split(" "));
  const status = bar.querySelector("[data-live-status]");
  const link = bar.querySelector("[data-live-new]");
  const pause = bar.querySelector("[data-live-pause]");
  const ideas = new Set();
  const comments = new Set();
  let revision = Number(bar.dataset.revision);
  let source, watch, poll, saying, etag, asked = 0, paused = false, outdated = false, redated = false;

  const several = (n, one) => `${n} new ${one}${n === 1 ? "" : "s"}`;

  function apply(change) {
    if (!(change.revision > revision) && !change.reload) return;
    revision = Math.max(revision, change.revision || 0);
    for (const post of change.changed || []) {
      for (const place of document.querySelectorAll(`[data-post="${CSS.escape(post.id)}"] [data-count]`)) {
        const count = post[place.dataset.count];
        if (count === undefined) continue;
        const [one, many] = (place.dataset.words || "").split("|");
        place.textContent = count.toLocaleString("en-GB") + (one ? ` ${count === 1 ? one : many}` : "");
      }
      const shown = document.getElementById(`post-${post.id}`);
      if (post.amended && shown && !("amended" in shown.dataset)) outdated = true;
    }
    for (const id of change.gone || []) takeDown(document.getElementById(`post-${id}`));
    if (!contribution) for (const id of change.new || []) if (!own.has(id)) ideas.add(id);
    for (const comment of change.new_comments || []) {
      if (contribution && comment.contribution === contribution && !own.has(comment.id)) comments.add(comment.id);
    }
    if (change.reload) outdated = true;
    if (change.dates) redated = true;
    announce();
  }

  // The words go at once. The place stays, so that nothing moves far.
  function takeDown(post) {
    if (!post || !post.dataset.post) return;
    const note = document.createElement("p");
    note.textContent = "This has been taken down.";
    post.replaceChildren(note);
    post.classList.add("candour-post--gone");
    delete post.dataset.post;
  }

  function announce() {
    const news = contribution ? several(comments.size, "comment") : several(ideas.size, "idea");
    const size = contribution ? comments.size : ideas.size;
    if (!size && !outdated && !redated) return;
    link.textContent = redated ? "The dates have changed: show them" : size ? `Show ${news}` : "Show what is new";
    if (redated) link.href = location.pathname + location.search;
    link.hidden = false;
    // Spoken in batches: whatever came within a few seconds is one sentence.
    saying ||= setTimeout(() => {
      saying = undefined;
      if (!paused) status.textContent = redated ? "The dates of this conversation have changed" : size ? several(contribution ? comments.size : ideas.size, contribution ? "comment" : "idea") : "This page has changed";
    }, SAY);
  }

  function heard() {
    clearTimeout(watch);
    watch = setTimeout(fall, SILENCE);
  }

  function stream() {
    if (!window.EventSource) return fall();
    source = new EventSource(`${live}?since=${revision}`);
    source.addEventListener("change", (event) => {
      heard();
      try { apply(JSON.parse(event.data)); } catch { /* not ours */ }
    });
    source.addEventListener("beat", heard);
    source.addEventListener("error", fall);
    heard();
  }

  function fall() {
    clearTimeout(watch);
    source?.close();
    source = undefined;
    if (!poll && !paused) ask();
  }

  async function ask() {
    clearTimeout(poll);
    poll = setTimeout(ask, POLL);
    if (++asked % RETRY === 0) {
      stop();
      return stream();
    }
    if (document.hidden) return;
    try {
      const answer = await fetch(`${changes}?since=${revision}`, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
      if (answer.status !== 200) return;
      etag = answer.headers.get("ETag");
      apply(await answer.json());
    } catch { /* offline: asked again soon */ }
  }

  function stop() {
    clearTimeout(watch);
    clearTimeout(poll);
    source?.close();
    source = poll = undefined;
  }

  // To a browser a link that differs from the page's own address by its #part only is a place on this page.
  link.addEventListener("click", (event) => {
    if (link.pathname + link.search !== location.pathname + location.search) return;
    event.preventDefault();
    location.hash = link.hash;
    location.reload();
  });
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? "Resume live updates" : "Pause live updates";
    if (paused) stop();
    else stream();
  });
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => { if (event.persisted && !paused) stream(); });

  bar.hidden = false;
  stream();
})();
