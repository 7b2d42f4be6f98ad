// What no page can do without script: passkeys and security keys. Until it runs, its forms stay hidden and the page
// offers the other ways.

const {
  browserSupportsWebAuthn = () => false,
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
} = globalThis.SimpleWebAuthnBrowser ?? {};

// Which of the page's sentences tells what happened. Browsers say "not allowed" for a stop, a delay and a missing key alike.
// Some password managers call a stop by its name.
const tellings = { NotAllowedError: 'cancelled', AbortError: 'cancelled', InvalidStateError: 'known' };

function prepare(form) {
  const button = form.querySelector('button');
  const problem = form.querySelector('[data-passkey-problem]');
  const optionsJSON = JSON.parse(form.dataset.options);
  const start = form.dataset.passkey === 'create' ? startRegistration : startAuthentication;
  let busy = false;

  function setBusy(value) {
    busy = value;
    if (busy) button.setAttribute('aria-disabled', 'true');
    else button.removeAttribute('aria-disabled');
  }

  // As a form, so that the page's token and what was ticked go along.
  function send(answer) {
    setBusy(true);
    for (const copy of form.querySelectorAll('[data-copy-of]'))
      copy.disabled = !document.getElementById(copy.dataset.copyOf).checked;
    form.elements.response.value = JSON.stringify(answer);
    form.submit();
  }

  // The browser lists passkeys where the e-mail is typed. Nothing to tell if none is taken: the button is there.
  async function waitForAutofill() {
    if (!('autofill' in form.dataset) || !(await browserSupportsWebAuthnAutofill()) || busy) return;
    const answer = await startAuthentication({ optionsJSON, useBrowserAutofill: true }).catch(() => undefined);
    if (answer && !busy) send(answer);
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    // The page's guard would take this for the form being sent, and the next press for the second.
    event.stopPropagation();
    if (busy) return;
    setBusy(true);
    problem.textContent = '';
    try {
      send(await start({ optionsJSON }));
    } catch ({ name }) {
      problem.textContent = problem.dataset[tellings[name] ?? 'failed'];
      setBusy(false);
      waitForAutofill();
    }
  });

  // Back may show the page as it was left.
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    setBusy(false);
    waitForAutofill();
  });

  // Where it is the better way it comes first, now that it is there at all.
  if ('first' in form.dataset) document.forms[0].before(form);
  form.hidden = false;
  waitForAutofill();
}

if (browserSupportsWebAuthn()) {
  for (const form of document.querySelectorAll('[data-passkey]')) prepare(form);
  for (const text of document.querySelectorAll('[data-without-passkey]')) text.hidden = true;
}
