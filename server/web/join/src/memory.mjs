// What this device remembers. In sessionStorage (this tab only): unfinished attempts, until they are finished.
// Words that were typed to come back, until the next page has said whether they fit: also in sessionStorage.
// In localStorage: the head of each site's key log, which is public. Words and keys never go there.

const ATTEMPTS = "candour:join:";
const TYPED = "candour:typed:";
const HEAD = "candour:key-log:";

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/// Storage that may be full or forbidden: then nothing survives a reload, and everything else works.
function careful(storage) {
  const attempt = (action) => {
    try {
      return action(storage());
    } catch {
      return null;
    }
  };
  return {
    get: (key) => parsed(attempt((it) => it.getItem(key))),
    set: (key, value) => attempt((it) => it.setItem(key, JSON.stringify(value))),
    drop: (key) => attempt((it) => it.removeItem(key)),
    names: () => attempt((it) => Object.keys(it)) || [],
  };
}

/// The attempts of one campaign ({latest, attempts by cohort key}), and the log's heads.
export function memoryOf(campaign, session = () => sessionStorage, local = () => localStorage) {
  const tab = careful(session);
  const device = careful(local);
  const place = ATTEMPTS + campaign;
  const all = () => ({ latest: null, attempts: {}, ...tab.get(place) });
  return {
    /// The attempt with this cohort key, or the latest one.
    attempt(key) {
      const { latest, attempts } = all();
      return attempts[key ?? latest] ?? null;
    },
    keep(attempt) {
      tab.set(place, { latest: attempt.key, attempts: { ...all().attempts, [attempt.key]: attempt } });
    },
    forget(attempt) {
      const { attempts } = all();
      delete attempts[attempt.key];
      const [latest] = Object.keys(attempts);
      if (latest) tab.set(place, { latest, attempts });
      else tab.drop(place);
    },
    head(site) {
      const head = device.get(HEAD + site);
      return Number.isSafeInteger(head?.index) && typeof head.hash === "string" ? head : null;
    },
    rememberHead: (site, head) => device.set(HEAD + site, head),
  };
}

/// Forgets every attempt in this tab: whoever it was is in.
export function forgetAttempts(session = () => sessionStorage) {
  const tab = careful(session);
  for (const name of tab.names()) if (name.startsWith(ATTEMPTS) || name.startsWith(TYPED)) tab.drop(name);
}

/// What somebody typed to come back to a campaign: kept while it is tried, and taken out once.
export function typedOf(campaign, session = () => sessionStorage) {
  const tab = careful(session);
  const place = TYPED + campaign;
  return {
    keep: (typed) => tab.set(place, typed),
    take() {
      const typed = tab.get(place);
      tab.drop(place);
      return typeof typed === "string" ? typed : "";
    },
  };
}

/// The attempt to go on with, given what the link brought ({ticket, key}, or null) and what is kept; null without both.
///
/// The same person comes back with a new ticket when the old one expired. Once a request was sent, that person's one
/// signature may be on it, so it is kept. Before that, a new ticket means new words: it may be somebody else.
export function attemptFor(brought, memory, draw) {
  if (!brought) {
    const attempt = memory.attempt();
    return attempt && { attempt, resumed: false };
  }
  const kept = memory.attempt(brought.key);
  const same = kept?.ticket === brought.ticket;
  const attempt = kept && (same || kept.sent) ? { ...kept, ticket: brought.ticket } : { ...brought, words: draw() };
  memory.keep(attempt);
  return { attempt, resumed: Boolean(kept?.sent) && !same };
}
