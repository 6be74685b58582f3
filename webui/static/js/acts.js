// Keys that stand on buttons and links: `data-key="a"` makes `a` press it. What is disabled stays so.

import { keys } from './frame.js';

export function listen(root = document) {
  for (const one of root.querySelectorAll('[data-key]')) {
    keys.on(one.dataset.key, () => press(one));
  }
}

function press(one) {
  if (!one.isConnected) return false;
  if (one.disabled) return false;
  one.click();
  return true;
}

listen();
