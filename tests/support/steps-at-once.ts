import type { PlainBrowser, PlainPage } from './plain-browser.ts';
import { type Answer, inParallel, type TwoProviders } from './two-providers.ts';

/** The cookies a browser sends to this path, as one header. */
export function cookiesFor({ cookies }: PlainBrowser, path: string): string {
  return [...cookies]
    .filter(([, { path: of }]) => path === of || path.startsWith(of.endsWith('/') ? of : `${of}/`))
    .map(([key, { value }]) => `${key.split('\n')[0]}=${value}`)
    .join('; ');
}

export type Waiting = { readonly browser: PlainBrowser; readonly page: PlainPage };

/** The same answer to the forms of these pages, `count` times at the same moment and in turn at both processes. */
export function answerAtOnce(
  { send }: TwoProviders,
  {
    count,
    waiting,
    fields,
  }: { readonly count: number; readonly waiting: readonly Waiting[]; readonly fields: Record<string, string> },
): Promise<Answer[]> {
  return inParallel(count, (turn) => {
    // Each login is answered by both processes.
    const { browser, page } = waiting[Math.floor(turn / 2) % waiting.length] as Waiting;
    const name = Object.keys(fields)[0] ?? '';
    const form = page.forms.find((one) => name in one.fields);
    const { pathname } = new URL(form?.action ?? '', page.url);
    return send(turn, pathname, { cookie: cookiesFor(browser, pathname), form: { ...form?.fields, ...fields } });
  });
}

/** How many events of a kind there are about somebody. */
export async function countEvents({ database }: TwoProviders, accountId: string, kind: string): Promise<number> {
  const sql = 'SELECT count(*)::int AS count FROM audit_event WHERE about_account_id = $1 AND kind = $2';
  const [row] = await database.dataSource.query(sql, [accountId, kind]);
  return row.count;
}
