import type { Client } from 'oidc-provider';
import type { Portal } from '../http/pages.ts';
import type { Locale } from '../platform/i18n.ts';
import { portalOf } from './portal-client.ts';

/** The portal as the person knows it: by its name in their language, with a way back to its start. */
export function portalForPage(client: Client, locale: Locale): Portal {
  const homeUrl = client.initiateLoginUri ?? client.clientUri;
  return { name: portalOf(client).names[locale], homeUrl };
}
