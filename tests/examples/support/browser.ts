/** What a browser shows at the end of its redirects. */
export type Page = {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** The name of the page's step, from `<main data-page>`. */
  readonly name: string | undefined;
};

export type Browser = {
  readonly open: (url: string) => Promise<Page>;
  /** Follows no redirect: where it would go is in the `location` header. */
  readonly openOnce: (url: string) => Promise<Page>;
  /** Submits the page's form as it stands, `changes` on top. */
  readonly submit: (page: Page, changes?: Readonly<Record<string, string>>) => Promise<Page>;
  readonly cookieNames: (hostname: string) => readonly string[];
  readonly cookieHeader: (hostname: string) => string;
  /** As who clears the cookies of a host. */
  readonly forget: (hostname: string) => void;
};

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replace(/&(amp|lt|gt|quot|#39);/g, (_, entity: string) => entities[entity] ?? '');
}

function formOf(page: Page): { readonly action: string; readonly fields: Record<string, string> } {
  const [form, open] = /(<form[^>]*>)[\s\S]*?<\/form>/.exec(page.body) ?? [];
  if (form === undefined || open === undefined) throw new Error(`No form on ${page.url.href}`);
  const inputs = [...form.matchAll(/<input[^>]*>/g)].map(([tag]) => tag);
  const fields = inputs.map((tag) => [attribute(tag, 'name') ?? '', attribute(tag, 'value') ?? ''] as const);
  return { action: new URL(attribute(open, 'action') ?? '', page.url).href, fields: Object.fromEntries(fields) };
}

/** A browser without script. Its cookies ignore the port, as everywhere. */
export function createBrowser(): Browser {
  const jars = new Map<string, Map<string, string>>();

  function keep(hostname: string, lines: readonly string[]): void {
    const jar = jars.get(hostname) ?? new Map<string, string>();
    for (const line of lines) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    jars.set(hostname, jar);
  }

  function cookieHeader(hostname: string): string {
    return [...(jars.get(hostname) ?? [])].map((pair) => pair.join('=')).join('; ');
  }

  async function request(
    url: URL,
    init: RequestInit,
  ): Promise<{ readonly page: Page; readonly next: URL | undefined }> {
    const cookie = cookieHeader(url.hostname);
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie, 'accept-language': 'en' } });
    keep(url.hostname, response.headers.getSetCookie());
    const body = await response.text();
    const name = /<main[^>]*data-page="([^"]*)"/.exec(body)?.[1];
    const location = response.headers.get('location');
    return {
      page: { url, status: response.status, headers: response.headers, body, name },
      next: location === null ? undefined : new URL(location, url),
    };
  }

  async function follow(url: URL, init: RequestInit): Promise<Page> {
    let answer = await request(url, init);
    for (let hops = 0; answer.next !== undefined; hops += 1) {
      if (hops === 20) throw new Error(`Too many redirects from ${url.href}`);
      answer = await request(answer.next, {});
    }
    return answer.page;
  }

  return {
    open: (url) => follow(new URL(url), {}),
    openOnce: async (url) => (await request(new URL(url), {})).page,
    submit: (page, changes = {}) => {
      const { action, fields } = formOf(page);
      return follow(new URL(action), { method: 'POST', body: new URLSearchParams({ ...fields, ...changes }) });
    },
    cookieHeader,
    forget: (hostname) => void jars.delete(hostname),
    cookieNames: (hostname) => [...(jars.get(hostname)?.keys() ?? [])],
  };
}
