// The card: its keys, and `e` for the first field. Without it the card is a plain form.

import './acts.js';

const card = document.getElementById('card');

document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-edit]')) return;
  const doubtful = card.querySelector('.guess.doubtful :is(input, select)');
  const field = doubtful ?? card.querySelector('#card-title');
  field.focus();
  field.select?.();
});

// Filed without a dossier is refused; say it at the field before anything is sent.
card?.addEventListener('submit', (event) => {
  const dossier = card.querySelector('#card-dossier');
  if (dossier.value.trim()) return;
  event.preventDefault();
  dossier.setAttribute('aria-invalid', 'true');
  dossier.focus();
});
