import { html, type Markup } from '../../shared/html.ts';
import { type Language, type LocalizedText, languages } from '../../shared/language.ts';
import type { Words } from '../words/vi.ts';

export const themes = ['jade', 'plum'] as const;

/** A portal's own colour, light and dark; both are defined in portal.css. */
export type Theme = (typeof themes)[number];

/** What a portal says about itself on every page. */
export type Identity = {
  readonly name: LocalizedText;
  readonly agency: LocalizedText;
  /** What one can do here, in a sentence. */
  readonly summary: LocalizedText;
  readonly theme: Theme;
  /** What takes more than an ordinary sign-in here, and what one types for it. */
  readonly restricted: { readonly name: LocalizedText; readonly field: LocalizedText };
  readonly otherPortal: { readonly name: LocalizedText; readonly url: string } | undefined;
};

/** What every page is made with. */
export type View = { readonly identity: Identity; readonly language: Language; readonly words: Words };

const ownNames: Readonly<Record<Language, string>> = { vi: 'Tiếng Việt', en: 'English', fr: 'Français' };

function languageLinks(current: Language): readonly Markup[] {
  return languages.map((language) =>
    language === current
      ? html`<li><span aria-current="true" lang="${language}">${ownNames[language]}</span></li>`
      : html`<li><a href="/?lang=${language}" lang="${language}" hreflang="${language}">${ownNames[language]}</a></li>`,
  );
}

/** The frame around a page. `page` names it for programs that drive the portal. */
export function layout(
  { identity, language, words }: View,
  { page, title, body }: { readonly page: string; readonly title: string; readonly body: Markup },
): string {
  return html`<!doctype html>
<html lang="${language}" data-theme="${identity.theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – ${identity.name[language]}</title>
<link rel="stylesheet" href="/portal.css">
</head>
<body>
<a class="skip" href="#content">${words.skipToContent}</a>
<header>
<div class="frame">
<p class="agency">${identity.agency[language]}</p>
<p class="portal"><a href="/">${identity.name[language]}</a></p>
<nav aria-label="${words.language}"><ul>${languageLinks(language)}</ul></nav>
</div>
</header>
<main id="content" class="frame" data-page="${page}">
<h1>${title}</h1>
${body}
</main>
<footer><div class="frame"><p>${words.demoNotice}</p></div></footer>
</body>
</html>
`.text;
}

/** The way to the portal that shares this sign-in. */
export function otherPortalLink({ identity, language, words }: View): Markup | undefined {
  const { otherPortal } = identity;
  return (
    otherPortal && html`<p>${words.otherPortal}: <a href="${otherPortal.url}">${otherPortal.name[language]}</a></p>`
  );
}
