// « Code à recopier » with scripts: « Autre choix » changes the pictures without losing what was typed, and
// « Je ne peux pas utiliser les images » computes a proof of work instead (ALTCHA, answer in the field `altcha`).
// Loaded by the pages that show templates/mixins/captcha.pug; texts and addresses stand in its data attributes.

for (const captcha of document.querySelectorAll('.captcha')) enhance(captcha);

function enhance(captcha) {
  const { proofUrl, choiceUrl, worker, working, done, failed, renewed } = captcha.dataset;
  const field = (name) => captcha.querySelector(`[name="${name}"]`);
  const pictures = captcha.querySelector('.captcha-pictures');
  const renew = field('captchaRenew');
  const alternative = captcha.querySelector('.captcha-alternative');
  const sentence = captcha.querySelector('.captcha-status p');
  const progress = captcha.querySelector('progress');

  const say = (text) => {
    sentence.textContent = text;
    sentence.hidden = false;
  };

  const show = (isShown) => {
    const hadFocus = document.activeElement === alternative;
    pictures.hidden = renew.hidden = alternative.hidden = !isShown;
    if (hadFocus && !isShown) sentence.focus();
  };

  renew.addEventListener('click', async (event) => {
    event.preventDefault();
    try {
      const fresh = await getJson(choiceUrl);
      field('captchaId').value = fresh.captchaId;
      for (const [position, image] of pictures.querySelectorAll('img').entries())
        image.src = fresh.images[position];
      for (const radio of pictures.querySelectorAll('input')) radio.checked = false;
      say(renewed);
    } catch {
      // As without scripts: the page comes back with new pictures.
      renew.form.requestSubmit(renew);
    }
  });

  // A renewal runs unseen behind a proof that still counts.
  const prove = async (isRenewal) => {
    alternative.setAttribute('aria-disabled', 'true');
    progress.value = 0;
    progress.hidden = isRenewal;
    if (!isRenewal) say(working);
    try {
      const challenge = await getJson(proofUrl);
      const { counterMax } = challenge.parameters.data;
      const solution = await solve(worker, challenge, (counter) => {
        progress.value = Math.min(99, (counter / counterMax) * 100);
      });
      field('altcha').value = btoa(JSON.stringify({ challenge, solution }));
      show(false);
      if (!isRenewal) say(done);
      // A slow form outlives its proof: make the next one a minute before.
      setTimeout(prove, Math.max(60_000, challenge.parameters.expiresAt * 1000 - Date.now() - 60_000), true);
    } catch {
      field('altcha').value = '';
      show(true);
      say(failed);
    } finally {
      progress.hidden = true;
      alternative.removeAttribute('aria-disabled');
    }
  };

  // Browsers compute hashes on https and on localhost only.
  if (!globalThis.crypto?.subtle) return;
  captcha.querySelector('.captcha-help').hidden = true;
  alternative.hidden = false;
  alternative.addEventListener('click', () => {
    if (alternative.getAttribute('aria-disabled') !== 'true') prove(false);
  });

  // « Précédent » brings back a proof that was already sent.
  addEventListener('pageshow', (event) => {
    if (event.persisted && field('altcha').value) prove(false);
  });
}

async function getJson(url) {
  const response = await fetch(url, { headers: { Accept: 'application/json' }, cache: 'no-store' });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}

/** Shares the counters between as many workers as there are cores, four at most; the first answer wins. */
async function solve(script, challenge, onProgress) {
  const count = Math.min(4, Math.max(1, navigator.hardwareConcurrency || 1));
  const workers = [];
  try {
    return await new Promise((resolve, reject) => {
      let searching = count;
      for (let start = 0; start < count; start++) {
        const worker = new Worker(script);
        workers.push(worker);
        worker.onerror = reject;
        worker.onmessage = ({ data }) => {
          if (data.solution) resolve(data.solution);
          else if (data.error) reject(new Error(data.error));
          else if (data.counter) onProgress(data.counter);
          else if (--searching === 0) reject(new Error('no counter fits'));
        };
        worker.postMessage({ parameters: challenge.parameters, start, step: count });
      }
    });
  } finally {
    for (const worker of workers) worker.terminate();
  }
}
