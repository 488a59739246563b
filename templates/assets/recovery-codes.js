// Copies the recovery codes, and prints the page: both are shown only where scripts run.
for (const button of document.querySelectorAll('[data-copy]')) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    const list = document.getElementById(button.dataset.copy);
    const lines = [...list.querySelectorAll('code')].map((code) => code.textContent);
    await navigator.clipboard.writeText(lines.join('\n'));
    button.textContent = button.dataset.done;
  });
}
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}
