// Boxes drawn over a scan in OpenSeadragon: one drawing in pixels of the page, moved as a whole with the page, so that
// a box lies on its words at any zoom and turn. Hits are multiplied into the paper; the frame of one lies above.

const SVG = 'http://www.w3.org/2000/svg';

function make(name, attributes = {}, into = null) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  into?.append(made);
  return made;
}

/** The side of a box that is below when the page stands upright, as a path. */
export function lowerEdge([x, y, w, h], rotation) {
  return {
    0: `M${x} ${y + h}h${w}`, 90: `M${x + w} ${y}v${h}`, 180: `M${x} ${y}h${w}`, 270: `M${x} ${y}v${h}`,
  }[rotation];
}

export function drawing(viewer, page, lines) {
  const layers = ['hit-layer', 'frame-layer', 'text-layer'].map((name) => {
    const svg = make('svg', { class: name, 'aria-hidden': 'true' });
    return { svg, group: make('g', {}, svg) };
  });
  const [hits, frames, texts] = layers;
  for (const { svg } of layers) viewer.canvas.append(svg);

  for (const { number, boxes } of page.hits) {
    for (const box of boxes) {
      const [x, y, width, height] = box;
      make('rect', { class: 'hit hit-box', 'data-hit-box': number, x, y, width, height }, hits.group);
      make('path', { class: 'hit-edge', 'data-edge-of': number, d: lowerEdge(box, page.rotation) }, hits.group);
    }
  }
  const pointer = make('rect', { class: 'pointed', width: 0, height: 0 }, frames.group);

  /** The page's pixels to the screen: where its corner and its two axes come out. */
  function draw() {
    const item = viewer.world.getItemAt(0);
    if (!item) return;
    const at = (x, y) => viewer.viewport.pixelFromPoint(item.imageToViewportCoordinates(x, y), true);
    const [o, a, b] = [at(0, 0), at(page.width, 0), at(0, page.height)];
    const matrix = [
      (a.x - o.x) / page.width, (a.y - o.y) / page.width, (b.x - o.x) / page.height, (b.y - o.y) / page.height, o.x, o.y,
    ];
    for (const { group } of layers) group.setAttribute('transform', `matrix(${matrix.join(' ')})`);
  }

  function frame(number) {
    for (const one of frames.group.querySelectorAll('.hit-frame')) one.remove();
    for (const rect of hits.group.querySelectorAll('rect')) {
      const on = Number(rect.dataset.hitBox) === number;
      rect.classList.toggle('now', on);
      if (on) {
        const copy = Object.fromEntries(['x', 'y', 'width', 'height'].map((name) => [name, rect.getAttribute(name)]));
        make('rect', { class: 'hit-frame', ...copy }, frames.group);
      }
    }
    for (const path of hits.group.querySelectorAll('path')) {
      path.classList.toggle('framed-edge', Number(path.dataset.edgeOf) === number);
    }
  }

  function point(given) {
    const [x, y, width, height] = given ? given.split(',') : [0, 0, 0, 0];
    for (const [name, value] of Object.entries({ x, y, width, height })) pointer.setAttribute(name, value);
  }

  /** Lays the words of the page over the scan, unseen, so that they can be dragged over and copied. */
  function selectable(on) {
    if (on && !texts.group.childElementCount) for (const line of lines) layOut(line, texts.group);
    texts.svg.classList.toggle('on', on);
  }

  /** Where the `n`-th box really lies on the screen, taken back to pixels of the page. */
  function boxInPage(n) {
    const rect = hits.group.querySelectorAll('rect')[n].getBoundingClientRect();
    const item = viewer.world.getItemAt(0);
    const corners = [[rect.left, rect.top], [rect.right, rect.bottom]].map(([x, y]) => {
      const origin = viewer.canvas.getBoundingClientRect();
      return item.viewerElementToImageCoordinates(new window.OpenSeadragon.Point(x - origin.left, y - origin.top));
    });
    const [x, y] = ['x', 'y'].map((axis) => Math.min(corners[0][axis], corners[1][axis]));
    return [x, y, Math.abs(corners[0].x - corners[1].x), Math.abs(corners[0].y - corners[1].y)];
  }

  return {
    draw, frame, point, selectable, boxInPage,
    show(on) { hits.svg.classList.toggle('off', !on); frames.svg.classList.toggle('off', !on); },
  };
}

function layOut(line, into) {
  const [x, y, width, height] = line.dataset.box.split(',').map(Number);
  const down = height > width * 1.5 && line.textContent.length > 1;
  const size = (down ? width : height) * 0.8;
  const length = down ? height : width;
  const text = make('text', { 'font-size': size, textLength: length, lengthAdjust: 'spacingAndGlyphs' }, into);
  if (down) text.setAttribute('transform', `translate(${x + width * 0.2} ${y}) rotate(90)`);
  else { text.setAttribute('x', x); text.setAttribute('y', y + height * 0.82); }
  text.textContent = `${line.textContent.trim()}\n`;
}
