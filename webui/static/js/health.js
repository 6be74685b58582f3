// Keeps the page as things stand. Says aloud only when the number of stuck things changes.

const EVERY = 5000;
const parts = document.getElementById('parts');
const spoken = document.getElementById('spoken');

async function follow() {
  if (!document.hidden) {
    try {
      const answer = await fetch(parts.dataset.parts, { headers: { Accept: 'text/html' } });
      if (answer.ok && !answer.redirected) show(await answer.text());
    } catch { /* the next round tries again */ }
  }
  setTimeout(follow, EVERY);
}

function show(html) {
  if (parts.contains(document.activeElement) || !getSelection().isCollapsed) return; // somebody is at it
  const before = parts.querySelector('[data-held]').dataset.held;
  parts.innerHTML = html;
  const now = parts.querySelector('[data-held]');
  if (now.dataset.held !== before) spoken.textContent = now.dataset.said;
}

setTimeout(follow, EVERY);
