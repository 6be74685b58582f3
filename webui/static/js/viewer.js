// The page of a scan: zooming over IIIF, hit boxes where they stand, text beside it in step, and the keys.
// Without scripts the page is a picture with its boxes and links; nothing here is needed for reading.

import { keys } from './frame.js';
import { drawing } from './hits.js';

const stage = document.getElementById('scan');
const text = document.getElementById('part-text');
const link = (name) => document.querySelector(`[data-go=${name}]`);

document.documentElement.classList.add('scripted');
for (const one of document.querySelectorAll('[data-copy-link], .only-hits, .beside-tabs')) one.hidden = false;

// --- pages, documents -----------------------------------------------------------------------------------------

function follow(name) { const to = link(name); if (to && !to.closest('[hidden]')) to.click(); }

keys.on('ArrowLeft', () => follow('page-before'));
keys.on('ArrowRight', () => follow('page-after'));
keys.on('[', () => follow('document-before'));
keys.on(']', () => follow('document-after'));
keys.on('b', () => document.querySelector('[data-borrow]')?.click());

/** Where this document stands in the result it was found in; kept by the search screen for this window. */
function placeAmongResults() {
  const shown = document.querySelector('[data-among]');
  const kept = JSON.parse(sessionStorage.getItem('results') || 'null');
  const id = location.pathname.split('/')[2];
  const at = kept ? kept.documents.findIndex((one) => one.id === id) : -1;
  if (!shown || at < 0 || kept.text !== (new URLSearchParams(location.search).get('q') || '')) return;
  shown.hidden = false;
  shown.querySelector('[data-back]').href = kept.address;
  shown.querySelector('[data-place]').textContent = shown.dataset.said
    .replace('{n}', kept.start + at + 1).replace('{documents}', kept.total);
  for (const [name, n] of [['document-before', at - 1], ['document-after', at + 1]]) {
    const to = kept.documents[n];
    if (to) link(name).href = to.address; else link(name).hidden = true;
  }
  keys.on('Escape', () => { location.href = kept.address; });
}

placeAmongResults();

document.querySelector('[data-only-hits]')?.addEventListener('change', (event) => {
  document.querySelector('.thumbs').classList.toggle('hits-only', event.target.checked);
});
const chosen = document.querySelector('.thumbs [aria-current]');
if (chosen) {
  const list = chosen.closest('.thumbs');
  list.scrollTop = chosen.offsetTop - list.offsetTop - list.clientHeight / 2;
  list.scrollLeft = chosen.offsetLeft - list.offsetLeft - list.clientWidth / 2;
}

// --- beside the scan --------------------------------------------------------------------------------------------

const tabs = [...document.querySelectorAll('[role=tab]')];

function openTab(tab, focus) {
  for (const one of tabs) {
    const on = one === tab;
    one.setAttribute('aria-selected', String(on));
    one.tabIndex = on ? 0 : -1;
    document.getElementById(one.getAttribute('aria-controls')).hidden = !on;
  }
  if (focus) tab.focus();
}

for (const tab of tabs) {
  const part = document.getElementById(tab.getAttribute('aria-controls'));
  part.setAttribute('role', 'tabpanel');
  part.setAttribute('aria-labelledby', tab.id);
  part.removeAttribute('aria-label');
  tab.addEventListener('click', () => openTab(tab));
  tab.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.stopPropagation();
    event.preventDefault();
    openTab(tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length], true);
  });
}
if (tabs.length) openTab(tabs[0]);

document.querySelector('[data-copy-link]')?.addEventListener('click', async (event) => {
  const button = event.currentTarget;
  const said = button.textContent;
  await navigator.clipboard.writeText(location.href);
  button.textContent = button.dataset.said;
  setTimeout(() => { button.textContent = said; }, 1600);
});

// --- the scan ---------------------------------------------------------------------------------------------------

function open() {
  const page = JSON.parse(stage.dataset.page);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const viewer = window.OpenSeadragon({
    element: stage,
    tileSources: page.info,
    degrees: page.rotation,
    showNavigationControl: false,
    showNavigator: page.width * page.height > 16e6,
    navigatorPosition: 'BOTTOM_RIGHT',
    navigatorSizeRatio: 0.22,
    animationTime: still ? 0 : 0.16,
    springStiffness: 9,
    visibilityRatio: 0.2,
    minZoomImageRatio: 0.5,
    maxZoomPixelRatio: 3,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    drawer: 'canvas',
    crossOriginPolicy: false,
    ajaxWithCredentials: false,
  });
  viewer.innerTracker.keyHandler = null; // our own keys, the same on every screen
  viewer.innerTracker.keyDownHandler = null;
  let now = Number(stage.dataset.now);
  let boxes = null; // drawn once the page is open: before it nothing says where they belong

  // fitting

  function home() {
    if (viewer.viewport) (fitted === 'whole' ? whole : width)();
  }

  let fitted = 'width';
  const press = (name) => {
    fitted = name || fitted;
    for (const one of document.querySelectorAll('[data-tool=width], [data-tool=whole]')) {
      one.setAttribute('aria-pressed', String(one.dataset.tool === name));
    }
  };
  const immediately = true;

  function width() {
    const all = upright();
    const view = viewer.viewport.getContainerSize();
    const margin = Math.min(28, view.x * 0.03);
    const shown = all.width * view.x / (view.x - 2 * margin);
    const height = shown * view.y / view.x;
    const rect = new OpenSeadragon.Rect(all.x - (shown - all.width) / 2, all.y - shown * 0.02, shown, height);
    if (height > all.height) rect.y = all.y - (height - all.height) / 2;
    fit(rect, immediately);
    press('width');
  }

  function whole() { fit(upright(), immediately); press('whole'); }

  /** The page's place in the viewport as it stands turned: its bounds after turning around its middle. */
  function upright() {
    const item = viewer.world.getItemAt(0).getBounds(true);
    return item.rotate(viewer.viewport.getRotation(true), item.getCenter()).getBoundingBox();
  }

  /** Fits a rectangle given in the turned world, where x runs along the screen. */
  function fit(rect, at) {
    const middle = viewer.world.getItemAt(0).getBounds(true).getCenter();
    const centre = rect.getCenter().rotate(-viewer.viewport.getRotation(true), middle);
    const view = viewer.viewport.getContainerSize();
    const zoom = Math.min(1 / rect.width, view.y / view.x / rect.height);
    viewer.viewport.zoomTo(zoom, null, at);
    viewer.viewport.panTo(centre, at);
  }

  const tools = {
    width, whole,
    larger() { viewer.viewport.zoomBy(1.4); press(''); },
    smaller() { viewer.viewport.zoomBy(1 / 1.4); press(''); },
    turn() { viewer.viewport.setRotation((viewer.viewport.getRotation(true) + 90) % 360, true); home(); boxes?.draw(); },
    boxes() { boxes?.show(document.querySelector('[data-tool=boxes]').checked); },
    text() {
      const button = document.querySelector('[data-tool=text]');
      const on = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(on));
      boxes?.selectable(on);
      viewer.setMouseNavEnabled(!on);
    },
  };
  for (const one of document.querySelectorAll('[data-tool]')) {
    one.addEventListener(one.type === 'checkbox' ? 'change' : 'click', tools[one.dataset.tool]);
  }

  // hits

  function hit(number, move) {
    now = number;
    boxes?.frame(now);
    const said = document.querySelector('[data-hit-number]');
    if (said && now) said.textContent = now;
    for (const one of text.querySelectorAll('mark')) one.classList.toggle('now', Number(one.dataset.hit) === now);
    const mark = text.querySelector('mark.now');
    if (mark && !text.hidden) scrollTo(mark);
    if (move) { bring(now); remember(); }
  }

  function scrollTo(mark) {
    const inside = mark.getBoundingClientRect();
    const around = text.getBoundingClientRect();
    if (inside.top < around.top + 40 || inside.bottom > around.bottom - 40) {
      text.scrollTop += inside.top - around.top - around.height / 2;
    }
  }

  /** Moves the page so that a hit is seen, without zooming out, and only where it is not seen already. */
  function bring(number) {
    const found = page.hits.find((one) => one.number === number);
    if (!found) return;
    const [x, y, w, h] = found.boxes[0];
    const middle = viewer.viewport.imageToViewportCoordinates(x + w / 2, y + h / 2);
    const at = viewer.viewport.pixelFromPoint(middle, true);
    const view = viewer.viewport.getContainerSize();
    const seen = at.x > 60 && at.x < view.x - 60 && at.y > 60 && at.y < view.y - 60;
    if (!seen) viewer.viewport.panTo(middle, still);
  }

  function remember() {
    const here = new URL(location.href);
    here.searchParams.set('hit', now);
    history.replaceState(null, '', here);
  }

  function step(by) {
    const at = page.hits.findIndex((one) => one.number === now) + by;
    if (page.hits[at]) hit(page.hits[at].number, true);
    else follow(by > 0 ? 'hit-after' : 'hit-before');
  }

  for (const [name, by] of [['hit-before', -1], ['hit-after', 1]]) {
    link(name)?.addEventListener('click', (event) => {
      const at = page.hits.findIndex((one) => one.number === now) + by;
      if (page.hits[at]) { event.preventDefault(); hit(page.hits[at].number, true); }
    });
  }
  for (const mark of text?.querySelectorAll('mark[data-hit]') || []) {
    mark.addEventListener('click', () => hit(Number(mark.dataset.hit), true));
  }
  for (const line of text?.querySelectorAll('[data-box]') || []) {
    line.addEventListener('mouseenter', () => boxes?.point(line.dataset.box));
    line.addEventListener('mouseleave', () => boxes?.point(''));
    line.addEventListener('dblclick', () => {
      const [x, y, w, h] = line.dataset.box.split(',').map(Number);
      viewer.viewport.panTo(viewer.viewport.imageToViewportCoordinates(x + w / 2, y + h / 2), still);
    });
  }

  // keys

  keys.on('n', () => step(1));
  keys.on('p', () => step(-1));
  keys.on('w', width);
  keys.on('f', whole);
  keys.on('r', tools.turn);
  keys.on('t', tools.text);
  keys.on('+', tools.larger);
  keys.on('=', tools.larger);
  keys.on('-', tools.smaller);
  keys.on('h', () => { const box = document.querySelector('[data-tool=boxes]'); if (box) box.click(); });
  keys.on('l', () => stage.classList.toggle('full-light'));
  const pan = (x, y) => () => {
    viewer.viewport.panBy(viewer.viewport.deltaPointsFromPixels(new OpenSeadragon.Point(x, y), true), still);
    viewer.viewport.applyConstraints();
  };
  keys.on('ArrowUp', pan(0, -80));
  keys.on('ArrowDown', pan(0, 80));

  viewer.addHandler('open', () => {
    stage.classList.add('opened');
    boxes = drawing(viewer, page, [...(text?.querySelectorAll('[data-box]') || [])]);
    home();
    boxes.draw();
    hit(now, false);
    bring(now);
    window.dossierViewer = { viewer, boxInPage: boxes.boxInPage };
    stage.dataset.ready = 'yes';
  });
  viewer.addHandler('resize', () => setTimeout(home));
  viewer.addHandler('update-viewport', () => boxes?.draw());
  viewer.addHandler('canvas-scroll', () => press(''));
  viewer.addHandler('canvas-pinch', () => press(''));
  viewer.addHandler('zoom', () => {
    const shown = document.querySelector('[data-zoom]');
    const zoom = viewer.viewport.viewportToImageZoom(viewer.viewport.getZoom(false));
    const all = upright();
    const part = viewer.viewport.getBoundsNoRotate(false);
    stage.classList.toggle('seen-whole', part.width >= all.width * 0.98 && part.height >= all.height * 0.98);
    if (shown) shown.textContent = `${Math.round(zoom * 100)}%`;
  });
  viewer.addHandler('open-failed', () => stage.classList.remove('opened'));
}

if (stage && window.OpenSeadragon) open();
else if (stage) window.addEventListener('load', () => window.OpenSeadragon && open());
