// Asks the browser for a passkey, or to make one (WebAuthn), and sends its answer with the form. Bytes travel in base64url.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const ASK = {
  get: ({ challenge, ...options }) =>
    navigator.credentials.get({ publicKey: { ...options, challenge: toBytes(challenge) } }),
  create: ({ challenge, user, excludeCredentials, ...options }) =>
    navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: toBytes(challenge),
        user: { ...user, id: toBytes(user.id) },
        excludeCredentials: excludeCredentials.map((known) => ({ ...known, id: toBytes(known.id) })),
      },
    }),
};
const PARTS = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];

function toJson({ id, type, response }) {
  const parts = PARTS.filter((name) => response[name]).map((name) => [name, toText(response[name])]);
  return JSON.stringify({
    id,
    rawId: id,
    type,
    response: Object.fromEntries(parts),
    clientExtensionResults: {},
  });
}

/** What is ticked beside the password counts here too. */
function copyShared(form) {
  if (!document.getElementById('sharedComputer')?.checked) return;
  const copy = { type: 'hidden', name: 'sharedComputer', value: 'yes' };
  form.append(Object.assign(document.createElement('input'), copy));
}

function prepare(form) {
  const field = form.querySelector('[name="assertion"], [name="attestation"]');
  const failure = form.querySelector('[role="alert"]');
  let isAsking = false;
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    if (field.value !== '') return;
    event.preventDefault();
    if (isAsking) return;
    isAsking = true;
    failure.hidden = true;
    try {
      field.value = toJson(await ASK[form.dataset.passkey](JSON.parse(form.dataset.options)));
      copyShared(form);
      form.requestSubmit();
    } catch {
      // Called off, or no key of ours: the browser has said why, and the page stays as it is.
      failure.hidden = false;
    }
    isAsking = false;
  });
  // « Précédent » brings the page back from memory with an answer that was used.
  addEventListener('pageshow', () => {
    field.value = '';
  });
}

const forms = document.querySelectorAll('form[data-passkey]');
if (window.PublicKeyCredential) for (const form of forms) prepare(form);
else document.querySelector('[data-passkey-missing]')?.removeAttribute('hidden');
