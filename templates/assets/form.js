// What every form gains when scripts run: show a typed password, send once, read the error summary first, close the menu.
// Loaded by templates/layout.pug; without it every page works.

for (const button of document.querySelectorAll('[data-reveal]')) {
  const field = document.getElementById(button.getAttribute('aria-controls'));
  const show = (shown) => {
    field.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
  };
  button.hidden = false;
  button.addEventListener('click', () => show(field.type === 'password'));
  // Sent hidden, so that no browser offers the password again as an ordinary text.
  field.form.addEventListener('submit', () => show(false));
}

const busy = new Set();

function setBusy(form, isBusy) {
  if (isBusy) busy.add(form);
  else busy.delete(form);
  for (const button of form.querySelectorAll('button:not([type="button"])')) {
    if (isBusy) button.setAttribute('aria-disabled', 'true');
    else button.removeAttribute('aria-disabled');
  }
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (busy.has(form)) return event.preventDefault();
  if (event.defaultPrevented) return;
  setBusy(form, true);
  // A person who stops the loading must be able to try again.
  setTimeout(() => setBusy(form, false), 10_000);
});

// « Précédent » brings the page back from memory as it was left.
addEventListener('pageshow', () => {
  for (const form of [...busy]) setBusy(form, false);
});

// The summary has `autofocus`, which older browsers honour on form fields only.
requestAnimationFrame(() => {
  if (document.activeElement === document.body) document.getElementById('error-summary')?.focus();
});

const menu = document.querySelector('details.viewer');
menu?.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !menu.open) return;
  menu.open = false;
  menu.querySelector('summary').focus();
});
document.addEventListener('click', (event) => {
  if (menu && !menu.contains(event.target)) menu.open = false;
});
