// A certified OpenID Connect provider (npm oidc-provider) for the tests of single sign-on. Not for anything else: whoever
// types an account's name is that account.
//
//   node provider.mjs --port N --issuer URL --clients JSON --accounts JSON [--email-in-id-token]
//
// clients:  [{"client_id": "candour", "redirect_uris": ["…"], "token_endpoint_auth_method": "none"}]
// accounts: [{"sub": "alex", "email": "alex@trust.example", "email_verified": true}]
//
// Prints the one line "ready" on stdout once it listens on 127.0.0.1; everything else goes to stderr. Keeps all in memory.
// By default the email is to be had from the userinfo endpoint only, as OpenID Connect Core 5.4 has it; with
// --email-in-id-token it stands in the ID token, as many hospitals' providers do.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

// The provider's warnings about its development settings must not mix with the line that says it is ready.
console.log = console.info = console.warn = console.error;

// The one thing that oidc-provider 9 needs of Node 22 and that Node 20, which Debian has, lacks.
URL.parse ??= (address, base) => (URL.canParse(address, base) ? new URL(address, base) : null);

const { Provider } = await import('oidc-provider');

const MAX_FORM_BYTES = 10_000;

const { values: options } = parseArgs({
  options: {
    port: { type: 'string' },
    issuer: { type: 'string' },
    clients: { type: 'string' },
    accounts: { type: 'string' },
    'email-in-id-token': { type: 'boolean', default: false },
  },
});
const accounts = new Map(JSON.parse(options.accounts).map((account) => [account.sub, account]));

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const provider = new Provider(options.issuer, {
  // A new key at each start, so that a restart is a change of keys.
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
  clients: JSON.parse(options.clients),
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  conformIdTokenClaims: !options['email-in-id-token'],
  ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 }, // seconds
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  cookies: { keys: ['for tests only'] },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_context, sub) => {
    const account = accounts.get(sub);
    return account && { accountId: sub, claims: () => account };
  },
  // Consent without a question: what a hospital's administrator has granted for everybody.
  loadExistingGrant: async (context) => {
    const { client, session, params } = context.oidc;
    const grant = new context.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope(params.scope);
    await grant.save();
    return grant;
  },
});
provider.on('server_error', (_context, error) => console.error(error));
const answerStandard = provider.callback();

function page(body) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in</title></head><body>${body}</body></html>`;
}

function form(message) {
  return page(`<main><h1>Sign in to the test provider</h1><p>${message}</p>
<form method="post">
<p><label for="account">Account</label> <input id="account" name="account" autocomplete="off"></p>
<p><label for="password">Password (anything)</label> <input id="password" name="password" type="password"></p>
<p><button type="submit" name="action" value="sign-in">Sign in</button>
<button type="submit" name="action" value="cancel">Cancel</button></p>
</form></main>`);
}

function show(response, status, html) {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(html);
}

async function readForm(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > MAX_FORM_BYTES) throw new Error('the form is too long');
  }
  return new URLSearchParams(body);
}

async function answerInteraction(request, response) {
  // Throws unless this browser's cookie fits the interaction in the address.
  await provider.interactionDetails(request, response);
  if (request.method !== 'POST') return show(response, 200, form('Type the name of an account.'));
  const typed = await readForm(request);
  if (typed.get('action') === 'cancel') {
    const result = { error: 'access_denied', error_description: 'the person cancelled' };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
  const account = accounts.get(typed.get('account'));
  if (!account) return show(response, 200, form('There is no such account.'));
  return provider.interactionFinished(request, response, { login: { accountId: account.sub } });
}

const server = createServer((request, response) => {
  if (!request.url.startsWith('/interaction/')) return answerStandard(request, response);
  return answerInteraction(request, response).catch((error) => {
    console.error(error);
    show(response, 400, page(`<h1>This sign-in has ended</h1>`));
  });
});
server.listen(Number(options.port), '127.0.0.1', () => process.stdout.write('ready\n'));
