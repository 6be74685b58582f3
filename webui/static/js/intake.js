// Sends files one after another, each as the body of its own request, and follows what is being read.
// What is sent survives a reload: the list of files comes from the archive, not from here.

import { csrf } from './frame.js';

const AT_ONCE = 2;
const EVERY = 1000;

const drop = document.getElementById('drop');
const sending = document.getElementById('sending');
const jobs = document.getElementById('jobs');
const spoken = document.getElementById('spoken');
const queue = [];
let running = 0;

// --- what was chosen or dropped

for (const id of ['files', 'folder']) {
  const input = document.getElementById(id);
  input.addEventListener('change', () => {
    for (const file of input.files) {
      if (file.webkitRelativePath.split('/').slice(1).every(wanted)) add(file, folderOf(file.webkitRelativePath));
    }
    input.value = '';
  });
}

// Of what lies in a folder, that which systems and programs leave there stays out; ingest/door.py has the same list.
const LEFT_BEHIND = /^(\.|~\$|(thumbs\.db|desktop\.ini|ehthumbs\.db)$)|\.(part|partial|filepart|crdownload|download|tmp|temp)$/i;

function wanted(name) { return !LEFT_BEHIND.test(name); }

function folderOf(path) { return (path || '').split('/').slice(0, -1).join(' / '); }

for (const type of ['dragenter', 'dragover']) {
  document.addEventListener(type, (event) => {
    if (![...event.dataTransfer.types].includes('Files')) return;
    event.preventDefault();
    drop.classList.add('over');
  });
}
document.addEventListener('dragleave', (event) => { if (!event.relatedTarget) drop.classList.remove('over'); });
document.addEventListener('drop', async (event) => {
  if (![...event.dataTransfer.types].includes('Files')) return;
  event.preventDefault();
  drop.classList.remove('over');
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const loose = entries.length ? [] : [...event.dataTransfer.files];
  for (const entry of entries) await walk(entry, '');
  for (const file of loose) add(file, '');
});

// One that cannot be opened is told, and keeps none of the others out.
async function walk(entry, folder) {
  try {
    if (entry.isFile) add(await new Promise((done, fail) => entry.file(done, fail)), folder);
    else await below(entry, folder ? `${folder} / ${entry.name}` : entry.name);
  } catch {
    const row = rowOf(entry.name);
    row.querySelector('progress').remove();
    tellFault(row, entry.name, drop.dataset.closed);
  }
}

async function below(entry, folder) {
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail)); // at most 100 at a time
    if (!some.length) return;
    for (const one of some) if (wanted(one.name)) await walk(one, folder);
  }
}

// --- sending

function add(file, folder) {
  const row = rowOf(file.name);
  row.querySelector('.end').textContent = size(file.size);
  row.querySelector('.said').textContent = drop.dataset.queued;
  queue.push({ file, folder, row, wish: wishes() });
  next();
}

function rowOf(name) {
  const row = document.createElement('li');
  row.innerHTML = '<div class="job-line"><span class="name"></span><span class="end quiet"></span></div><div class="job-line"><progress max="1" value="0"></progress><span class="said"></span></div>';
  row.querySelector('.name').textContent = name;
  row.querySelector('progress').setAttribute('aria-label', name);
  sending.append(row);
  return row;
}

function wishes() {
  const data = new FormData(drop);
  return Object.fromEntries(['dossier', 'scheme', 'phase', 'type', 'split'].map((name) => [name, data.get(name) || '']));
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function next() {
  while (running < AT_ONCE && queue.length) send(queue.shift());
}

function send(one) {
  running += 1;
  const bar = one.row.querySelector('progress');
  const said = one.row.querySelector('.said');
  const request = new XMLHttpRequest(); // fetch tells nothing of how much has been sent
  const asked = new URLSearchParams({ name: one.file.name, folder: one.folder, batch: drop.dataset.batch, ...one.wish });
  request.open('POST', `${drop.dataset.send}?${asked}`);
  request.setRequestHeader('X-CSRFToken', csrf());
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.setRequestHeader('Accept', 'application/json');
  said.textContent = drop.dataset.sending;
  said.className = 'said';
  request.upload.addEventListener('progress', (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
  request.addEventListener('loadend', () => { running -= 1; ended(one, request); next(); });
  request.send(one.file);
}

function ended(one, request) {
  let answer = null;
  try { answer = JSON.parse(request.responseText); } catch { answer = null; }
  if (request.status === 201) {
    one.row.remove();
    spoken.textContent = `${one.file.name}: ${answer.said}`;
    follow();
  } else if (request.status === 200) {
    one.row.querySelector('progress').remove();
    one.row.querySelector('.said').textContent = answer.said;
    spoken.textContent = `${one.file.name}: ${answer.said}`;
  } else {
    failed(one, answer?.error?.message || drop.dataset.broken);
  }
}

function failed(one, message) {
  tellFault(one.row, one.file.name, message);
  one.row.querySelector('progress').value = 0;
  const again = document.createElement('button');
  again.type = 'button';
  again.className = 'button';
  again.textContent = drop.dataset.again;
  again.addEventListener('click', () => { again.remove(); queue.push(one); next(); });
  one.row.append(again);
}

function tellFault(row, name, message) {
  const said = row.querySelector('.said');
  said.className = 'said fault';
  said.textContent = message;
  spoken.textContent = `${name}: ${message}`;
}

window.addEventListener('beforeunload', (event) => { if (running || queue.length) event.preventDefault(); });

// --- following

let timer = 0;

async function follow() {
  clearTimeout(timer);
  timer = 0;
  try {
    const answer = await fetch(drop.dataset.jobs, { headers: { Accept: 'text/html' } });
    if (answer.ok) show(await answer.text());
  } catch { /* the next round tries again */ }
  if (jobs.querySelector('[data-open=yes]') || running) timer = setTimeout(follow, EVERY);
}

function show(html) {
  const fresh = document.createElement('ul');
  fresh.innerHTML = html;
  const items = [...fresh.children];
  items.forEach((item, at) => {
    const old = item.id ? document.getElementById(item.id) : null;
    if (old) tell(old, item);
    const kept = old && (plain(old) === plain(item) || old.contains(document.activeElement)) ? old : item;
    if (old && kept !== old) old.replaceWith(kept);
    if (jobs.children[at] !== kept) jobs.insertBefore(kept, jobs.children[at] ?? null);
  });
  while (jobs.children.length > items.length) jobs.lastElementChild.remove();
  document.getElementById('in-hand-count').textContent = jobs.querySelectorAll('.job').length;
}

function plain(item) { return item.outerHTML.replace(/name="csrf_token" value="[^"]*"/g, ''); }

function tell(old, item) {
  if (old.dataset.quarter === item.dataset.quarter && old.dataset.state === item.dataset.state) return;
  spoken.textContent = item.querySelector('.bar')?.getAttribute('aria-label') ?? item.dataset.name;
  if (old.dataset.open === 'yes' && item.dataset.open === 'no') document.dispatchEvent(new CustomEvent('finished'));
}

// A file that is read may have brought work: what waits to be checked is fetched, unless somebody is at it.
document.addEventListener('finished', async () => {
  const side = document.getElementById('review');
  if (!side || side.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('review');
  if (fresh) { side.innerHTML = fresh.innerHTML; (await import('./acts.js')).listen(side); }
});

// --- only the chosen scheme's phases and types

const scheme = document.getElementById('scheme');
scheme.addEventListener('change', () => {
  for (const group of drop.querySelectorAll('optgroup')) {
    group.hidden = group.disabled = Boolean(scheme.value) && group.dataset.scheme !== scheme.value;
  }
});

if (jobs.querySelector('[data-open=yes]')) timer = setTimeout(follow, EVERY);
