// Moves through results by key and keeps the panel of hits beside the chosen one. Without it the page is a plain list.

import { keys } from './frame.js';

document.documentElement.classList.add('scripted');

const results = [...document.querySelectorAll('.result')];
const panel = document.getElementById('panel');
const known = new Map();
let at = results.findIndex((one) => one.classList.contains('chosen'));
let strip = 0;
if (at >= 0 && panel) known.set(results[at].dataset.hits, panel.innerHTML);

function choose(next) {
  if (next < 0 || next >= results.length) return turnPage(next < 0 ? 'prev' : 'next');
  results[at]?.classList.remove('chosen');
  at = next;
  const one = results[at];
  one.classList.add('chosen');
  one.querySelector('[data-read]').focus({ preventScroll: true });
  one.scrollIntoView({ block: 'nearest' });
  showHits(one.dataset.hits);
}

/** What the viewer goes through with [ and ]: this page of the result, for this window alone. */
if (results.length) {
  sessionStorage.setItem('results', JSON.stringify({
    address: location.pathname + location.search,
    text: new URLSearchParams(location.search).get('q') || '',
    start: Number(document.querySelector('.results').start) - 1,
    total: document.querySelector('.results').dataset.total,
    documents: results.map((one) => ({ id: one.dataset.document, address: one.querySelector('[data-read]').href })),
  }));
}

function turnPage(where) { document.querySelector(`.paging [rel=${where}]`)?.click(); }

async function showHits(address) {
  if (!panel || getComputedStyle(panel).display === 'none') return;
  strip = 0;
  if (!known.has(address)) {
    const answer = await fetch(address, { headers: { Accept: 'text/html' } });
    if (!answer.ok) return;
    known.set(address, await answer.text());
  }
  if (results[at].dataset.hits === address) { panel.innerHTML = known.get(address); panel.scrollTop = 0; }
}

function nextHit() {
  const strips = [...panel.querySelectorAll('.hit-strip')];
  if (!strips.length) return;
  strips[strip]?.classList.remove('now');
  strip = (strip + 1) % strips.length;
  strips[strip].classList.add('now');
  strips[strip].scrollIntoView({ block: 'nearest' });
}

if (results.length) {
  keys.on('j', () => choose(at + 1));
  keys.on('k', () => choose(at - 1));
  keys.on('n', nextHit);
  keys.on('b', () => { results[at]?.querySelector('[data-borrow]')?.click(); });
  keys.on('Enter', (event) => {
    if (event.target.closest('a, button, summary')) return false;
    const now = panel?.querySelector('.hit-strip.now');
    (strip && now ? now : results[at]?.querySelector('[data-read]'))?.click();
    return true;
  });
}

for (const one of results) {
  one.addEventListener('click', (event) => {
    if (event.target.closest('a, button') || !getSelection().isCollapsed) return;
    choose(results.indexOf(one));
  });
}

for (const link of document.querySelectorAll('[data-near]')) keys.on(link.dataset.near, () => link.click());

const opener = document.querySelector('[data-filters]');
if (opener) {
  const facets = document.getElementById('facets');
  opener.hidden = false;
  opener.addEventListener('click', () => {
    const open = facets.classList.toggle('open');
    opener.setAttribute('aria-expanded', String(open));
  });
}
