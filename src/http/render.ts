import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import { type Device, deviceInWords } from '../platform/device-in-words.ts';
import { formatDuration } from '../platform/display-format.ts';
import { type I18n, type Locale, locales } from '../platform/i18n.ts';
import { type FormProblem, tellProblem } from './form-problem.ts';
import { composeMail, type MessageName, type Messages, oneLine, type RenderedMail } from './messages.ts';
import type { PageName, Pages, Portal } from './pages.ts';
import { refuseScriptUrls } from './script-urls.ts';

/** How this installation calls itself and looks, and whom people can ask. */
export type Deployment = {
  readonly name: string;
  /** Names of assets: a logo, and a stylesheet that follows ours. */
  readonly logo?: string | undefined;
  readonly stylesheet?: string | undefined;
  readonly helpUrl?: string | undefined;
  readonly helpEmail?: string | undefined;
};

export type PageOptions<Name extends PageName> = {
  readonly locale: Locale;
  readonly data: Pages[Name];
  /** Needed by every page with a form. */
  readonly csrfToken?: string | undefined;
  readonly referenceId: string;
  readonly portal?: Portal | undefined;
  /** Where a GET shows this page again; without it the page offers no other language. */
  readonly selfUrl?: string | undefined;
};

export type Renderer = {
  /** A whole HTML document. Throws when a text, a value or the csrf token is missing, or when a URL could run script. */
  readonly renderPage: <Name extends PageName>(page: Name, options: PageOptions<Name>) => string;
  readonly renderMail: <Name extends MessageName>(
    message: Name,
    options: { readonly locale: Locale; readonly data: Messages[Name] },
  ) => RenderedMail;
};

export type RendererOptions = {
  /** Holds `<feature>/<page>.eta`, `partials/` and `mail/`. Read and compiled once, here. */
  readonly viewsDirectory: string;
  readonly i18n: I18n;
  readonly deployment: Deployment;
  /** Part of every asset's address, so that a new version is a new address. */
  readonly assetVersion: string;
};

export function createRenderer({ viewsDirectory, i18n, deployment, assetVersion }: RendererOptions): Renderer {
  const html = loadTemplates(viewsDirectory, { autoEscape: true });
  const plain = loadTemplates(viewsDirectory, { autoEscape: false });
  const asset = (file: string) => `/assets/${file}?v=${assetVersion}`;

  function renderPage<Name extends PageName>(page: Name, options: PageOptions<Name>): string {
    const { locale, data } = options;
    refuseScriptUrls(options);
    const t = i18n.translator(locale);
    const problem: FormProblem | undefined = 'problem' in data ? data.problem : undefined;
    return html.render(`@${page}`, {
      ...options,
      page,
      t,
      deployment,
      asset,
      device: (device: Device) => deviceInWords(device, t),
      duration: (seconds: number) => formatDuration(locale, seconds),
      languages: options.selfUrl === undefined ? [] : languageLinks(options.selfUrl),
      problem: problem && tellProblem(problem, { locale, t }),
    });
  }

  function renderMail<Name extends MessageName>(
    message: Name,
    { locale, data }: { readonly locale: Locale; readonly data: Messages[Name] },
  ): RenderedMail {
    const t = i18n.translator(locale);
    const subject = oneLine(t(`mail.${message}.subject`, { deployment: deployment.name }));
    const view = { locale, t, deployment, subject, mail: composeMail(message, { data, locale, t }) };
    return {
      subject,
      text: plain.render('@mail/message.text', view).trim().concat('\n'),
      html: html.render('@mail/message.html', view),
    };
  }

  return { renderPage, renderMail };
}

function loadTemplates(viewsDirectory: string, { autoEscape }: { readonly autoEscape: boolean }): Eta {
  const eta = new Eta({ autoEscape, escapeFunction: escapeHtml, autoFilter: !autoEscape, filterFunction: asText });
  for (const file of readdirSync(viewsDirectory, { recursive: true, encoding: 'utf8' })) {
    const name = file.replaceAll('\\', '/');
    if (name.endsWith('.eta'))
      eta.loadTemplate(`@${name.slice(0, -'.eta'.length)}`, readFileSync(join(viewsDirectory, file), 'utf8'));
  }
  return eta;
}

/** Text as HTML, safe between tags and inside quoted attributes. */
export function escapeHtml(value: unknown): string {
  return asText(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

// "undefined" on a page would be a bug nobody notices: refuse to print anything but words and numbers.
function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new TypeError(`a template printed ${value === null ? 'null' : typeof value}`);
}

function languageLinks(selfUrl: string): readonly { readonly locale: Locale; readonly url: string }[] {
  const [path = '', query = ''] = selfUrl.split('?', 2);
  return locales.map((locale) => {
    const parameters = new URLSearchParams(query);
    parameters.set('ui_locales', locale);
    return { locale, url: `${path}?${parameters}` };
  });
}
