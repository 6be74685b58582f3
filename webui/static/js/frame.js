// The keys of every page, the theme, slips that copy themselves, the list of keys.
// Screens add their own keys with `keys.on(key, act)`; nothing here is needed for reading or filing.

const acts = new Map();
let afterG = 0;

export const keys = {
  /** `act(event)` runs when `key` is pressed outside a field; single letters only where the person left them on. */
  on(key, act) { acts.set(key, act); },
};

export function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
    && !['checkbox', 'radio', 'button', 'submit'].includes(target.type));
}

export function csrf() { return document.querySelector('meta[name=csrf]').content; }

function lettersOn() { return document.documentElement.dataset.letterKeys !== 'off'; }

document.addEventListener('keydown', (event) => {
  if (event.key === 'F2') return goTo(document.querySelector('[data-code-field]'), event);
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest?.('form');
    if (form) { event.preventDefault(); form.requestSubmit(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape' && isTyping(event.target)) { event.target.blur(); return; }
  if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
  const single = event.key.length === 1;
  if (single && !lettersOn()) return;
  if (afterG && event.timeStamp - afterG < 1500) {
    afterG = 0;
    const place = document.querySelector(`.rail [data-letter="${CSS.escape(event.key)}"]`);
    if (place) { event.preventDefault(); place.click(); return; }
  }
  const act = acts.get(event.key);
  if (act) { if (act(event) !== false) event.preventDefault(); return; }
  if (event.key === 'g') afterG = event.timeStamp;
  if (event.key === '/') goTo(document.querySelector('[data-find]'), event);
  if (event.key === '?') openDialog('keys', event);
});

function goTo(field, event) {
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select?.();
}

function openDialog(id, event) {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement)) return;
  event.preventDefault();
  dialog.showModal();
}

document.addEventListener('click', (event) => {
  const opener = event.target.closest?.('[data-opens]');
  if (opener) openDialog(opener.dataset.opens, event);
  const slip = event.target.closest?.('button.slip[data-copy]');
  if (slip) copy(slip);
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll('details.menu[open]')) { menu.open = false; menu.firstElementChild.focus(); }
});

async function copy(slip) {
  await navigator.clipboard.writeText(slip.dataset.copy);
  slip.dataset.copied = slip.dataset.said;
  setTimeout(() => { delete slip.dataset.copied; }, 1600);
}

// From the machine's own setting to the other one, to the one it has, and back to following it.
function nextTheme(now) {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const order = dark ? ['', 'light', 'dark'] : ['', 'dark', 'light'];
  return order[(order.indexOf(now) + 1) % 3];
}

for (const form of document.querySelectorAll('[data-theme-form]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const root = document.documentElement;
    const next = nextTheme(root.dataset.theme || '');
    if (next) root.dataset.theme = next; else delete root.dataset.theme;
    const button = form.querySelector('button');
    button.title = button.dataset[next || 'system'];
    const body = new FormData(form);
    body.set('theme', next || 'system');
    fetch(form.action, { method: 'POST', body, redirect: 'manual' });
  });
}
