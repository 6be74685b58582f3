// The desk: a scanner's burst goes to the code from anywhere and its Enter only takes the code; pieces come and go
// without losing what was filled in; the signature; what was counted. Without it every step is a plain form.

import { keys, isTyping } from './frame.js';
import { listen } from './acts.js';

const BURST = 6; // characters at least
const GAP = 80; // milliseconds between two of them at most: faster than anybody types so many
const desk = document.getElementById('desk');

// --- taking codes without leaving the page

async function go(address) {
  remember();
  const answer = await fetch(address, { headers: { Accept: 'text/html' } });
  const page = read(await answer.text());
  if (!page.getElementById('desk')) { location.href = address; return; }
  show(page, answer.url);
}

function read(text) { return new DOMParser().parseFromString(text, 'text/html'); }

// The desk of another page in the place of this one, with what was filled in; the day's lists where they came along.
function show(page, address) {
  desk.innerHTML = page.getElementById('desk').innerHTML;
  for (const place of ['#day', '.rail-places']) {
    const fresh = page.querySelector(place);
    const here = document.querySelector(place);
    if (fresh && here) here.innerHTML = fresh.innerHTML;
  }
  say(page.querySelectorAll('main > .note'));
  const shown = new URL(address);
  if (shown.pathname === location.pathname && !shown.searchParams.get('scan')) history.replaceState(null, '', shown);
  if (!document.querySelector('#code-form [name=code]')) filled.clear();
  for (const [name, value] of filled) {
    const field = desk.querySelector(`#issue [name="${name}"]`);
    if (field && value) field.value = value;
  }
  prepare();
}

function say(notes) {
  for (const old of document.querySelectorAll('main > .note')) old.remove();
  document.querySelector('main').prepend(...notes);
}

// What was filled in outlives the form: a piece that cannot be lent takes it away, and it comes back without the piece.
const filled = new Map();

function remember() {
  const form = document.getElementById('issue');
  if (!form) return;
  filled.clear();
  for (const [name, value] of new FormData(form)) if (!['csrf_token', 'code', 'act'].includes(name)) filled.set(name, value);
}

// --- acts: what was done comes back as the desk after it, a refusal as the desk with its sentence

let acting = false; // one act at a time, however often the key is pressed

async function act(form, submitter) {
  if (acting) return;
  acting = true;
  try {
    remember();
    const asked = new URLSearchParams(new FormData(form));
    if (submitter?.name) asked.set(submitter.name, submitter.value);
    const at = document.activeElement?.id;
    const answer = await fetch(form.action, { method: 'POST', body: asked, headers: { Accept: 'text/html' } });
    const page = read(await answer.text());
    renewToken(page);
    if (!page.getElementById('desk')) { refuseWhole(page); return; }
    if (answer.redirected) filled.clear();
    show(page, answer.url);
    focusAfter(answer.redirected, at);
  } catch {
    const note = Object.assign(document.createElement('div'), { className: 'note zhu', textContent: desk.dataset.away });
    note.setAttribute('role', 'alert');
    say([note]);
  } finally {
    acting = false;
  }
}

// An answer that is no desk: nobody is signed in any more, the form is too old, the index is away. All stays as it is.
function refuseWhole(page) {
  const notes = [...page.querySelectorAll('main > .note')];
  const next = page.querySelector('main .buttons .primary');
  if (next) notes[0].append(' ', next);
  say(notes);
  document.querySelector('main > .note')?.scrollIntoView({ block: 'nearest' });
}

function renewToken(page) {
  const fresh = page.querySelector('meta[name=csrf]')?.content;
  if (!fresh) return;
  document.querySelector('meta[name=csrf]').content = fresh;
  for (const field of document.querySelectorAll('[name=csrf_token]')) field.value = fresh;
}

function focusAfter(done, before) {
  const wrong = desk.querySelector('[aria-invalid=true]') ?? (before && document.getElementById(before));
  const next = desk.querySelector('[autofocus]') ?? document.getElementById('scan');
  ((!done && wrong) || next).focus();
}

function take(code) {
  const form = document.getElementById('code-form');
  const asked = new URLSearchParams(new FormData(form));
  asked.set('scan', code);
  return go(`${form.action}?${asked}`);
}

desk.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.id === 'code-form') {
    event.preventDefault();
    const field = document.getElementById('scan');
    if (field.value.trim()) take(field.value.trim());
  }
  if (form.method === 'post') {
    event.preventDefault();
    act(form, event.submitter);
  }
  if (form.id === 'offers') {
    event.preventDefault();
    const asked = new URLSearchParams(new FormData(form));
    asked.set('act', event.submitter.value);
    go(`${form.action}?${asked}`).then(() => (desk.querySelector('#small input:not([type=hidden]), #issue input:not([type=hidden])') ?? desk).focus());
  }
});

desk.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-soft]');
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  go(link.href).then(() => document.getElementById('scan').focus());
});

// --- a scanner types faster than anybody

let burst = [];
let before = null; // the field's value when the burst began

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const last = burst.at(-1);
  if (last && event.timeStamp - last.at > GAP) { burst = []; before = null; }
  if (event.key.length === 1) {
    if (!burst.length && isTyping(event.target)) before = { field: event.target, value: event.target.value };
    burst.push({ key: event.key, at: event.timeStamp });
    if (burst.length >= 3 && !isTyping(event.target)) event.stopImmediatePropagation(); // no single-letter keys in a burst
    return;
  }
  if (event.key !== 'Enter') return;
  if (event.target.id === 'scan') { burst = []; return; } // its own form takes it, whole
  const scanned = burst.length >= BURST ? burst.map((one) => one.key).join('') : '';
  const began = before;
  burst = [];
  before = null;
  if (scanned) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (began) began.field.value = began.value;
    arrived(scanned);
  } else if (event.target.closest?.('#issue') && event.target.tagName === 'INPUT') {
    event.preventDefault(); // Enter never issues; the button and Ctrl+Enter do
  }
}, true);

// What was scanned is a copy, or the place of the piece that waits to be put back.
function arrived(scanned) {
  const place = document.getElementById('place');
  if (place && !/-[YF]\d+$/i.test(scanned.trim())) {
    place.value = scanned;
    place.form.requestSubmit();
  } else {
    take(scanned);
  }
}

// --- the signature

function preparePad() {
  const pad = document.getElementById('pad');
  if (!pad) return;
  const drawn = document.getElementById('signature-drawn');
  const typed = document.getElementById('signature');
  const pen = pad.getContext('2d');
  let path = drawn.value;
  let down = false;
  pad.parentElement.hidden = false;
  pen.lineWidth = 3;
  pen.lineCap = pen.lineJoin = 'round';
  pen.strokeStyle = '#1A2225';
  if (path) pen.stroke(new Path2D(path));
  const at = (event) => {
    const box = pad.getBoundingClientRect();
    return [Math.round((event.clientX - box.left) * pad.width / box.width), Math.round((event.clientY - box.top) * pad.height / box.height)];
  };
  pad.addEventListener('pointerdown', (event) => {
    down = true;
    pad.setPointerCapture(event.pointerId);
    const [x, y] = at(event);
    path += `M${x} ${y}`;
    pen.beginPath();
    pen.moveTo(x, y);
  });
  pad.addEventListener('pointermove', (event) => {
    if (!down) return;
    const [x, y] = at(event);
    path += `L${x} ${y}`;
    pen.lineTo(x, y);
    pen.stroke();
  });
  pad.addEventListener('pointerup', () => { down = false; drawn.value = path; typed.removeAttribute('aria-invalid'); });
  pad.parentElement.querySelector('[data-wipe]').addEventListener('click', () => {
    path = '';
    drawn.value = '';
    pen.clearRect(0, 0, pad.width, pad.height);
  });
}

// --- people by name

function preparePeople() {
  const form = document.getElementById('issue');
  const list = document.getElementById('persons');
  if (!form || !list) return;
  let waiting = 0;
  for (const name of ['borrower', 'fetched_by']) {
    form.elements[name]?.addEventListener('input', (event) => {
      clearTimeout(waiting);
      const typed = event.target.value.trim();
      if (!typed || [...list.options].some((one) => one.value === event.target.value)) return;
      waiting = setTimeout(async () => {
        const answer = await fetch(`${form.dataset.people}?q=${encodeURIComponent(typed)}`, { headers: { Accept: 'application/json' } });
        if (!answer.ok) return;
        const { people } = await answer.json();
        list.replaceChildren(...people.map((one) => Object.assign(document.createElement('option'), { value: one.said })));
      }, 200);
    });
  }
}

// --- counting

function prepareCounting() {
  const form = document.getElementById('counting');
  if (!form) return;
  const cells = form.querySelector('[data-cells]');
  const more = form.querySelector('.differs-more');
  const missing = form.elements.missing;
  const show = () => {
    let differs = false;
    for (const name of ['sheets', 'pages']) {
      const field = form.elements[name];
      const less = field.value.trim() === '' ? 0 : Number(field.value) - Number(field.dataset.recorded);
      const cell = form.querySelector(`[data-difference=${name}]`);
      cell.innerHTML = '';
      if (less) {
        const told = document.createElement('span');
        told.className = 'differs';
        told.textContent = less > 0 ? `+${less}` : `−${-less}`;
        cell.append(told);
        differs = true;
      }
    }
    if (cells) cells.hidden = !differs && !missing.value;
    if (cells && !cells.hidden && !cells.children.length) fill();
  };
  const fill = () => {
    const gone = new Set(missing.value.split(/\D+/));
    for (let n = 1; n <= Number(cells.dataset.pages); n += 1) {
      const cell = document.createElement('button');
      cell.type = 'button';
      cell.className = 'page-cell';
      cell.textContent = n;
      cell.setAttribute('aria-pressed', String(gone.has(String(n))));
      cell.addEventListener('click', () => {
        cell.setAttribute('aria-pressed', String(cell.getAttribute('aria-pressed') !== 'true'));
        missing.value = [...cells.querySelectorAll('[aria-pressed=true]')].map((one) => one.textContent).join(' ');
      });
      cells.append(cell);
    }
  };
  form.elements.sheets.addEventListener('input', show);
  form.elements.pages.addEventListener('input', show);
  // In order and something else exclude each other.
  form.addEventListener('change', (event) => {
    if (event.target.name !== 'condition' || !event.target.checked) return;
    for (const one of form.querySelectorAll('[name=condition]')) {
      if (one !== event.target && (event.target.value === 'good' || one.value === 'good')) one.checked = false;
    }
  });
  more.hidden = false;
  show();
}

function prepare() {
  listen(desk);
  preparePad();
  preparePeople();
  prepareCounting();
}

keys.on('Escape', () => { desk.querySelector('[data-key=Escape]')?.click(); });
prepare();
