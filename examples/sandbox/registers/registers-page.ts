import { html, type Markup } from '../../shared/html.ts';
import type { Language } from '../../shared/language.ts';
import type { SandboxOrganization } from './organization.ts';
import { type RegisterFault, registerFaults } from './register-faults.ts';
import { words } from './registers-words.ts';

type Shown = {
  readonly language: Language;
  readonly organizations: readonly SandboxOrganization[];
  readonly faultOf: (number: string) => RegisterFault | undefined;
  readonly standing: RegisterFault;
};

/** A household's number is its owner's: not for whoever looks over a shoulder. */
function shownNumber({ kind, number }: SandboxOrganization): string {
  return kind === 'household' ? `${'•'.repeat(number.length - 4)}${number.slice(-4)}` : number;
}

/** Who is in the registers, and what is to go wrong with them. */
export function registersPage({ language, organizations, faultOf, standing }: Shown): string {
  const text = words[language];
  const choice = ({
    fault,
    number = '',
    label,
  }: {
    readonly fault: RegisterFault;
    readonly number?: string;
    readonly label: string;
  }): Markup => {
    const options = registerFaults.map((one) =>
      one === fault
        ? html`<option value="${one}" selected>${text.faults[one]}</option>`
        : html`<option value="${one}">${text.faults[one]}</option>`,
    );
    return html`<form class="decision" method="post" action="/fault">
<input type="hidden" name="organization_number" value="${number}">
<select name="fault" aria-label="${text.fault}: ${label}">${options}</select>
<button class="quiet" type="submit">${text.set}</button>
</form>`;
  };
  const items = organizations.map((organization) => {
    const { number, name, representatives } = organization;
    const names = representatives.map((listed) => listed.name).join(' · ');
    return html`<li><b>${name}</b>
<span class="summary"><span class="number">${shownNumber(organization)}</span> – ${names}</span>
${choice({ fault: faultOf(number) ?? 'none', number, label: name })}</li>`;
  });
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text.title}</title>
<link rel="stylesheet" href="/sandbox.css">
</head>
<body>
<header><p class="pretend">${text.pretend}</p></header>
<main class="frame" data-page="registers">
<h1>${text.title}</h1>
<p class="lead">${text.lead}</p>
<h2>${text.everywhere}</h2>
${choice({ fault: standing, label: text.everywhere })}
<h2>${text.organizations}</h2>
<ul class="organizations">${items}</ul>
</main>
</body>
</html>
`.text;
}
