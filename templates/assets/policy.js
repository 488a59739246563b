// Ticks the rules of the password policy while a new password is typed. Loaded by the pages with mixins/policy.pug.
// It mirrors src/domain/password-policy.ts, which decides: letters are \p{L}, digits \p{Nd}, a meta-character is any other
// printable character, and the length counts characters, not UTF-16 units.

const COUNTS = {
  length: (characters) => characters.length,
  letters: (characters) => characters.filter((character) => /\p{L}/u.test(character)).length,
  digits: (characters) => characters.filter((character) => /\p{Nd}/u.test(character)).length,
  meta: (characters) => characters.filter((character) => /[^\p{L}\p{Nd}\p{C}]/u.test(character)).length,
};

for (const block of document.querySelectorAll('[data-policy-for]')) {
  const field = document.getElementById(block.dataset.policyFor);
  const rules = [...block.querySelectorAll('[data-rule]')];
  const status = block.querySelector('[role="status"]');

  const check = () => {
    const characters = [...field.value.normalize('NFC')];
    for (const rule of rules) {
      const met = COUNTS[rule.dataset.rule](characters) >= Number(rule.dataset.minimum);
      rule.classList.toggle('met', met);
      rule.querySelector('[data-state]').textContent = met ? block.dataset.met : block.dataset.unmet;
    }
    const met = rules.filter((rule) => rule.classList.contains('met')).length;
    const progress = block.dataset.progress.replace('{met}', met).replace('{total}', rules.length);
    // Said only when it changes: a sentence at every key would drown the echo of the typing.
    if (status.textContent !== progress) status.textContent = progress;
  };

  field?.addEventListener('input', check);
  if (field?.value) check();
}
