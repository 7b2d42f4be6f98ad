// Comfort only: every page works without this file.

for (const button of document.querySelectorAll('[data-show-password]')) {
  const input = document.getElementById(button.getAttribute('aria-controls'));
  const hide = () => {
    input.type = 'password';
    button.setAttribute('aria-pressed', 'false');
  };
  button.hidden = false;
  button.addEventListener('click', () => {
    if (input.type === 'text') return hide();
    input.type = 'text';
    button.setAttribute('aria-pressed', 'true');
  });
  // Browsers offer to remember what is typed into a text field: never a password.
  input.form.addEventListener('submit', hide);
}

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}

// Whoever types into the field of a choice means that choice.
for (const field of document.querySelectorAll('[data-selects]')) {
  field.addEventListener('input', () => {
    document.getElementById(field.dataset.selects).checked = true;
  });
}

const sent = new WeakSet();

addEventListener('submit', (event) => {
  if (sent.has(event.target)) return event.preventDefault();
  sent.add(event.target);
  event.submitter?.setAttribute('aria-disabled', 'true');
});

// Back may show the page as it was left: let it be sent again.
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) sent.delete(form);
  for (const button of document.querySelectorAll('[aria-disabled]')) button.removeAttribute('aria-disabled');
});

document.querySelector('[data-error-summary]')?.focus();
