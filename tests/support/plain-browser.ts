/** A browser without script: cookies by path, redirects, and forms filled by the names of their fields. */
export type PlainBrowser = {
  readonly get: (url: string, headers?: Record<string, string>) => Promise<PlainPage>;
  readonly post: (url: string, fields: Record<string, string>, headers?: Record<string, string>) => Promise<PlainPage>;
  /** Submits the page's form as its primary button would, with these fields filled in. */
  readonly submit: (page: PlainPage, fields?: Record<string, string>, form?: number) => Promise<PlainPage>;
  readonly cookies: Map<string, Cookie>;
  /** A copy with the same cookies: another tab whose answers don't reach this one. */
  readonly fork: () => PlainBrowser;
};

export type PlainForm = { readonly action: string; readonly fields: Readonly<Record<string, string>> };

export type PlainPage = {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** `data-page` of its main element. */
  readonly name: string | undefined;
  readonly forms: readonly PlainForm[];
  /** Where the page moves on to by itself. */
  readonly refresh: string | undefined;
};

type Cookie = { readonly value: string; readonly path: string };

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const decoded = (text: string): string => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => entities[name] ?? '');

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return found === undefined ? undefined : decoded(found);
}

function formsOf(html: string): readonly PlainForm[] {
  return [...html.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)].map(([form]) => {
    const fields: Record<string, string> = {};
    for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
      const name = attribute(tag, 'name');
      const box = ['checkbox', 'radio'].includes(attribute(tag, 'type') ?? '');
      if (name !== undefined && !box) fields[name] = attribute(tag, 'value') ?? '';
    }
    const button = /<button\b[^>]*type="submit"[^>]*>/.exec(form)?.[0] ?? '';
    const name = attribute(button, 'name');
    if (name !== undefined) fields[name] = attribute(button, 'value') ?? '';
    return { action: attribute(form, 'action') ?? '', fields };
  });
}

/** @param stayOn origins whose redirects are followed; a redirect elsewhere (the portal's) is returned as it is */
export function plainBrowser(stayOn: readonly string[], jar: ReadonlyMap<string, Cookie> = new Map()): PlainBrowser {
  const cookies = new Map(jar);

  function cookieHeader(url: URL): string {
    return [...cookies]
      .filter(
        ([, { path }]) => url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`),
      )
      .map(([key, { value }]) => `${key.split('\n')[0]}=${value}`)
      .join('; ');
  }

  function keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/;\s*/);
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/';
      const expired = attributes.some((one) => /^expires=/i.test(one) && Date.parse(one.slice(8)) < Date.now());
      if (expired) cookies.delete(`${name}\n${path}`);
      else cookies.set(`${name}\n${path}`, { value, path });
    }
  }

  async function request(url: string, init: RequestInit, headers: Record<string, string>): Promise<PlainPage> {
    const target = new URL(url);
    const response = await fetch(target, {
      ...init,
      redirect: 'manual',
      headers: { accept: 'text/html', cookie: cookieHeader(target), ...headers },
    });
    keep(response);
    const location = response.headers.get('location');
    if (location !== null && response.status >= 300 && response.status < 400) {
      const next = new URL(location, target);
      await response.body?.cancel();
      if (stayOn.includes(next.origin)) return request(next.href, { method: 'GET' }, {});
      return {
        url: next.href,
        status: response.status,
        headers: response.headers,
        html: '',
        name: undefined,
        forms: [],
        refresh: undefined,
      };
    }
    const html = await response.text();
    return {
      url: target.href,
      status: response.status,
      headers: response.headers,
      html,
      name: attribute(/<main\b[^>]*>/.exec(html)?.[0] ?? '', 'data-page'),
      forms: formsOf(html),
      refresh: /url=(.*)$/.exec(response.headers.get('refresh') ?? '')?.[1],
    };
  }

  const get: PlainBrowser['get'] = (url, headers = {}) => request(url, { method: 'GET' }, headers);
  const post: PlainBrowser['post'] = (url, fields, headers = {}) =>
    request(url, { method: 'POST', body: new URLSearchParams(fields) }, headers);

  return {
    get,
    post,
    submit: (page, fields = {}, index = 0) => {
      const form = page.forms[index];
      if (!form) throw new Error(`no form ${index} on ${page.name ?? page.url}: ${page.status}`);
      return post(new URL(form.action, page.url).href, { ...form.fields, ...fields });
    },
    cookies,
    fork: () => plainBrowser(stayOn, cookies),
  };
}
