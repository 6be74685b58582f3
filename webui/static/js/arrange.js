// Arranging by drag and by key. Every act is the form's own; nothing is decided here.

import { csrf, isTyping, keys } from './frame.js';
import './acts.js';

const grid = document.querySelector('.arrange-grid');
const pile = [...document.querySelectorAll('#pile > li[data-document]')];
let at = 0;

function act(name, fields) {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = grid.dataset.act;
  for (const [key, value] of Object.entries({ csrf_token: csrf(), act: name, ...fields })) {
    const field = document.createElement('input');
    field.type = 'hidden';
    field.name = key;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

// --- by key, in the pile

function choose(next) {
  if (next < 0 || next >= pile.length) return;
  pile[at].classList.remove('chosen');
  pile[at].tabIndex = -1;
  at = next;
  pile[at].classList.add('chosen');
  pile[at].tabIndex = 0;
  pile[at].focus();
}

keys.on('j', () => choose(at + 1));
keys.on('k', () => choose(at - 1));
keys.on('Enter', (event) => {
  if (event.target.closest('a, button, summary, select')) return false;
  const proposed = pile[at]?.querySelector('[data-proposed]');
  proposed?.click();
  return Boolean(proposed);
});
keys.on('m', () => { pile[at]?.querySelector('[data-move]').focus(); });
keys.on('x', () => {
  const details = pile[at]?.querySelector('[data-not-kept]')?.parentElement;
  if (!details) return;
  details.open = true;
  details.querySelector('select').focus();
});
pile.forEach((one, n) => one.addEventListener('focusin', () => { if (n !== at) choose(n); }));

// --- by key, in a volume

document.addEventListener('keydown', (event) => {
  const row = event.target.closest?.('tr[data-row]');
  if (!row || isTyping(event.target) || event.target !== row) return;
  const button = { ArrowUp: 'up', ArrowDown: 'down', Delete: 'take_out' }[event.key];
  if (!button) return;
  event.preventDefault();
  row.querySelector(`[value=${button}]:not(:disabled)`)?.click();
});

// --- by drag

let dragged = null;

document.addEventListener('dragstart', (event) => {
  dragged = event.target.closest?.('[draggable=true]');
  if (!dragged) return;
  dragged.classList.add('dragged');
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', dragged.dataset.document);
});
document.addEventListener('dragend', () => { dragged?.classList.remove('dragged'); dragged = null; unmark(); });
document.addEventListener('dragover', (event) => {
  const place = event.target.closest?.('tr[data-row], [data-drop]');
  if (!dragged || !place) return;
  event.preventDefault();
  unmark();
  place.classList.add('over-here');
});
document.addEventListener('drop', (event) => {
  const volume = event.target.closest?.('[data-drop]');
  if (!dragged || !volume) return;
  event.preventDefault();
  const row = event.target.closest('tr[data-row]');
  const fields = { document: dragged.dataset.document, volume: volume.dataset.volume };
  if (row) fields.at = row.dataset.at;
  act('put', fields);
});

function unmark() { for (const one of document.querySelectorAll('.over-here')) one.classList.remove('over-here'); }
