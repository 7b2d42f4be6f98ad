import { html, type Markup } from '../../shared/html.ts';
import type { LoginFault } from '../faults.ts';
import { type EidPerson, maskedNumber } from '../person.ts';
import { layout, type View } from './layout.ts';

/** What the page on which people sign in shows. */
export type SignInView = {
  /** Where the person is going. */
  readonly client: string;
  readonly people: readonly EidPerson[];
  /** Who is signed in here already. */
  readonly signedIn: string | undefined;
  readonly levels: readonly string[];
  readonly level: string;
  readonly faults: readonly LoginFault[];
  readonly fault: LoginFault;
  /** The form came back with nobody chosen. */
  readonly nobodyChosen: boolean;
};

/** Enough of somebody to know them by. */
export function personSummary({ words }: View, { national_id, birthdate, level }: EidPerson): Markup {
  const known =
    national_id === undefined
      ? html`${words.bornIn} ${birthdate.slice(0, 4)}`
      : html`${words.number} <span class="number">${maskedNumber(national_id)}</span>`;
  return html`${known} · <span class="level">${words.upTo} ${level}</span>`;
}

function personChoice(
  view: View,
  { person, first, signedIn }: { readonly person: EidPerson; readonly first: boolean; readonly signedIn: boolean },
): Markup {
  const id = first ? 'person' : `person-${person.subject}`;
  return html`<li>
<input type="radio" name="person" id="${id}" value="${person.subject}" required${signedIn ? html` checked` : undefined}>
<label for="${id}"><b>${person.name}</b>${signedIn ? html` <em>${view.words.signedIn}</em>` : undefined}
<span class="summary">${personSummary(view, person)}</span></label>
</li>`;
}

function options(values: readonly (readonly [value: string, text: string])[], selected: string): readonly Markup[] {
  return values.map(
    ([value, text]) =>
      html`<option value="${value}"${value === selected ? html` selected` : undefined}>${text}</option>`,
  );
}

/** Who one is, how sure that shall be, and what shall go wrong. */
export function signInPage(view: View, page: SignInView): string {
  const { words } = view;
  const problem =
    page.nobodyChosen &&
    html`<div class="problem" role="alert">
<h2>${words.problemTitle}</h2>
<p><a href="#person">${words.nobodyChosen}</a></p>
</div>`;
  const people = page.people.map((person, index) =>
    personChoice(view, { person, first: index === 0, signedIn: person.subject === page.signedIn }),
  );
  const levels = page.levels.map((level) => [level, level] as const);
  const faults = page.faults.map((fault) => [fault, words.faults[fault]] as const);
  return layout(view, {
    page: 'eid-sign-in',
    title: words.signInTitle,
    chooseLanguage: true,
    body: html`${problem || undefined}<p class="lead">${words.goingTo} <b>${page.client}</b></p>
<form method="post">
<fieldset>
<legend>${words.whoAreYou}</legend>
<ul class="people">${people}</ul>
</fieldset>
<details${page.fault === 'none' ? undefined : html` open`}>
<summary>${words.trying}</summary>
<p class="field"><label for="level">${words.level}</label>
<span class="hint" id="level-hint">${words.levelHint}</span>
<select name="level" id="level" aria-describedby="level-hint">${options(levels, page.level)}</select></p>
<p class="field"><label for="fault">${words.fault}</label>
<span class="hint" id="fault-hint">${words.faultHint}</span>
<select name="fault" id="fault" aria-describedby="fault-hint">${options(faults, page.fault)}</select></p>
</details>
<p class="decision"><button class="button" type="submit" name="decision" value="sign-in">${words.continue}</button>
<button class="quiet" type="submit" name="decision" value="decline" formnovalidate>${words.decline}</button></p>
</form>`,
  });
}
