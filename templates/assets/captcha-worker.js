// Tries the counters of an ALTCHA challenge, away from the page so that it stays responsive. Started by captcha.js.
// The key of a counter is PBKDF2(nonce + counter as 32 bits, salt); the right one starts with the challenge's prefix.

addEventListener('message', async ({ data: { parameters, start, step } }) => {
  try {
    postMessage({ solution: await search(parameters, start, step) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
});

async function search({ algorithm, cost, data, keyLength, keyPrefix, nonce, salt }, start, step) {
  const began = performance.now();
  const password = new Uint8Array([...fromHex(nonce), 0, 0, 0, 0]);
  const counterBytes = new DataView(password.buffer, password.length - 4);
  const derivation = {
    name: 'PBKDF2',
    hash: algorithm.replace('PBKDF2/', ''),
    salt: fromHex(salt),
    iterations: cost,
  };

  for (let counter = start; counter <= data.counterMax; counter += step) {
    counterBytes.setUint32(0, counter);
    const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
    const derivedKey = toHex(await crypto.subtle.deriveBits(derivation, key, keyLength * 8));
    if (derivedKey.startsWith(keyPrefix)) {
      return { counter, derivedKey, time: Math.round(performance.now() - began) };
    }
    if (counter > start && ((counter - start) / step) % 10 === 0) postMessage({ counter });
  }
  // Another worker has the answer.
  return undefined;
}

function fromHex(text) {
  return Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));
}

function toHex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
