import { html, type Markup } from '../shared/html.ts';
import type { Language } from '../shared/language.ts';
import type { Mail } from './mail-store.ts';
import type { OneTimeCode } from './one-time-codes.ts';
import { words } from './words.ts';

function page(language: Language, { title, body }: { readonly title: string; readonly body: Markup }): string {
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="/mailbox.css">
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.text;
}

function receivedAt(mail: Mail, language: Language): Markup {
  const text = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(mail.receivedAt);
  return html`<time datetime="${mail.receivedAt.toISOString()}">${text}</time>`;
}

/** All mails, or those to one address. */
export function listPage(
  language: Language,
  {
    mails,
    to,
    hasApps,
  }: { readonly mails: readonly Mail[]; readonly to: string | undefined; readonly hasApps: boolean },
): string {
  const say = words[language];
  const items = mails.map(
    (mail) => html`<li>
<a href="/messages/${mail.id}">${mail.subject || say.noSubject}</a>
<p>${say.to} ${mail.to.join(', ')} · ${receivedAt(mail, language)}</p>
</li>`,
  );
  const filter =
    to === undefined ? undefined : html`<p>${say.filteredBy} <b>${to}</b> · <a href="/">${say.allMails}</a></p>`;
  return page(language, {
    title: say.title,
    body: html`<p>${say.about}</p>
<p><a href="">${say.refresh}</a></p>
${hasApps ? html`<p><a href="/one-time-codes">${say.codesTitle}</a></p>` : undefined}
${filter}
${items.length > 0 ? html`<ol class="mails">${items}</ol>` : html`<p>${say.empty}</p>`}`,
  });
}

/** What the people's authenticator apps show now. The page is loaded again when they show the next. */
export function codesPage(language: Language, codes: readonly OneTimeCode[]): string {
  const say = words[language];
  const items = codes.map(
    ({ name, email, code, validForSeconds }) => html`<li>
<h2>${name}</h2>
<p class="code">${code.slice(0, 3)} ${code.slice(3)}</p>
<p>${email} · ${say.secondsLeft.replace('{seconds}', String(validForSeconds))}</p>
</li>`,
  );
  return page(language, {
    title: say.codesTitle,
    body: html`<p><a href="/">${say.allMails}</a></p>
<p>${say.codesAbout}</p>
<ol class="mails">${items}</ol>`,
  });
}

/** One mail: its HTML in a frame that can run nothing, and its text. */
export function mailPage(language: Language, mail: Mail): string {
  const say = words[language];
  // Links may open a tab of their own, and that tab is an ordinary one.
  const frame =
    mail.html === undefined
      ? undefined
      : html`<h2>${say.asHtml}</h2>
<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="/messages/${mail.id}/html" title="${say.asHtml}"></iframe>`;
  return page(language, {
    title: mail.subject || say.noSubject,
    body: html`<p><a href="/">${say.allMails}</a></p>
<dl>
<div><dt>${say.from}</dt><dd>${mail.from}</dd></div>
<div><dt>${say.to}</dt><dd>${mail.to.join(', ')}</dd></div>
<div><dt>${say.received}</dt><dd>${receivedAt(mail, language)}</dd></div>
</dl>
${frame}
<h2>${say.asText}</h2>
<pre>${mail.text}</pre>`,
  });
}

export function notFoundPage(language: Language): string {
  const say = words[language];
  return page(language, { title: say.notFound, body: html`<p><a href="/">${say.allMails}</a></p>` });
}
