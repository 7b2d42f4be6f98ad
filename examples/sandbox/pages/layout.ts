import { html, type Markup } from '../../shared/html.ts';
import { type Language, languages } from '../../shared/language.ts';
import type { EidType } from '../eid-style.ts';
import type { Words } from '../words/vi.ts';

/** What every page of an eID is made with. */
export type View = {
  readonly type: EidType;
  /** Of the eID. */
  readonly name: string;
  readonly language: Language;
  readonly words: Words;
};

const ownNames: Readonly<Record<Language, string>> = { vi: 'Tiếng Việt', en: 'English', fr: 'Français' };

/** To the same page; only where its address says everything about it. */
function languageNav({ language: current, words }: View): Markup {
  const links = languages.map((language) =>
    language === current
      ? html`<li><span aria-current="true" lang="${language}">${ownNames[language]}</span></li>`
      : html`<li><a href="?lang=${language}" lang="${language}" hreflang="${language}">${ownNames[language]}</a></li>`,
  );
  return html`<nav aria-label="${words.language}"><ul>${links}</ul></nav>`;
}

/** The frame around a page. `page` names it for programs. */
export function layout(
  view: View,
  {
    page,
    title,
    body,
    chooseLanguage = false,
  }: { readonly page: string; readonly title: string; readonly body: Markup; readonly chooseLanguage?: boolean },
): string {
  const { language, name, type, words } = view;
  return html`<!doctype html>
<html lang="${language}" data-eid="${type}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – ${name}</title>
<link rel="stylesheet" href="/sandbox.css">
</head>
<body>
<header>
<p class="pretend">${words.pretend}</p>
<div class="frame">
<p class="eid">${name}</p>
${chooseLanguage ? languageNav(view) : undefined}
</div>
</header>
<main class="frame" data-page="${page}">
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.text;
}
