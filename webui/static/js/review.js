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

// The phase goes with the type and says so, until somebody chooses a phase.
const type = card?.querySelector('#card-type');
const phase = card?.querySelector('#card-phase');
let isChosen = false;

phase?.addEventListener('change', () => { isChosen = true; });

type?.addEventListener('change', () => {
  const brought = type.selectedOptions[0].dataset.phase;
  if (isChosen || !brought || brought === phase.value) return;
  phase.value = brought;
  const said = card.querySelector('#card-phase-said');
  said.textContent = said.dataset.said.replace('{phase}', phase.selectedOptions[0].textContent);
});

// Filed without a dossier is refused; say it at the field before anything is sent.
card?.addEventListener('submit', (event) => {
  const dossier = card.querySelector('#card-dossier');
  if (dossier.value.trim()) return;
  event.preventDefault();
  dossier.setAttribute('aria-invalid', 'true');
  dossier.focus();
});
