import type { PlainPage } from './plain-browser.ts';

type Shown = Pick<PlainPage, 'html'>;

/** What a page of a filing says, for programs. */
export const organizationOn = ({ html }: Shown) => /data-organization="([^"]*)"/.exec(html)?.[1];
export const reasonOn = ({ html }: Shown) => /data-reason="([^"]*)"/.exec(html)?.[1];
export const noticeOn = ({ html }: Shown) => /data-notice="([^"]*)"/.exec(html)?.[1];
export const receiptOn = ({ html }: Shown) => /data-reference>([^<]+)</.exec(html)?.[1];

/** What somebody types into a tax return and sends. */
export const aReturn = { decision: 'file', period: '10/2026', amount: '12500000' } as const;
