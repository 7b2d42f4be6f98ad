import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import { z } from 'zod';
import { ials } from '../accounts/ial.ts';
import { createPathCookie } from '../http/path-cookie.ts';
import type { EidTrip } from '../identity-proofing/eid-connector.ts';
import type { Clock } from '../platform/clock.ts';
import type { Encryption } from '../platform/encryption.ts';
import { newSecretToken, sha256 } from '../platform/secret-token.ts';
import type { EidStates } from './eid-state.ts';
import type { OpenLogin } from './open-login.ts';
import type { ReplayRepository } from './replay-repository.ts';

/** How long somebody may take at an eID. */
const tripSeconds = 10 * 60;

const purpose = z.discriminatedUnion('kind', [
  /** To sign in, as whoever the eID says. */
  z.object({ kind: z.literal('sign-in') }),
  /** To prove who the person of this account is. */
  z.object({ kind: z.literal('prove'), accountId: z.string(), least: z.enum(ials) }),
]);

const tripForm = z.object({
  source: z.string(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  startedAt: z.coerce.date(),
  purpose,
});

export type TripPurpose = z.output<typeof purpose>;

/** One way to an eID and back, in one login of one browser. */
export type LoginTrip = EidTrip & { readonly source: string; readonly purpose: TripPurpose };

export type EidTrips = ReturnType<typeof createEidTrips>;

/**
 * What an answer of an eID must fit to lies sealed in the browser that left, under the path of its login: nothing is
 * stored for somebody who doesn't come back, and nobody else's browser can bring the answer. Good for one answer, also
 * in a browser that forgets nothing.
 */
export function createEidTrips(dependencies: {
  readonly encryption: Pick<Encryption, 'sealWithKek' | 'openWithKek'>;
  readonly states: Pick<EidStates, 'newFor'>;
  readonly markOnce: ReplayRepository['markOnce'];
  readonly clock: Clock;
  readonly secureCookies: boolean;
}) {
  const { encryption, states, markOnce, clock, secureCookies } = dependencies;
  const cookie = createPathCookie({ name: 'eid', maxAgeSeconds: tripSeconds, secureCookies });
  const contextOf = ({ uid }: OpenLogin) =>
    `cookie:eid:${createHash('sha256').update(uid).digest('base64url')}` as const;

  async function begin(
    ctx: Context,
    login: OpenLogin,
    to: { readonly source: string; readonly purpose: TripPurpose },
  ): Promise<LoginTrip> {
    const trip = {
      ...to,
      state: states.newFor(login.uid),
      nonce: newSecretToken(),
      codeVerifier: newSecretToken(),
      startedAt: clock.now(),
    };
    const { sealed, keyEncryptionKeyId } = await encryption.sealWithKek(JSON.stringify(trip), contextOf(login));
    const value = `${keyEncryptionKeyId}.${sealed.toString('base64url')}`;
    cookie.write(ctx, { path: login.path, value });
    return trip;
  }

  /** The trip this browser is on; it is over with this call. @returns undefined where there is none, it took too long, or was over */
  async function end(ctx: Context, login: OpenLogin): Promise<LoginTrip | undefined> {
    const [keyEncryptionKeyId = '', sealed = ''] = cookie.read(ctx)?.split('.', 2) ?? [];
    cookie.clear(ctx, login.path);
    if (sealed === '') return undefined;
    const stored = { keyEncryptionKeyId, sealed: Buffer.from(sealed, 'base64url') };
    const opened = await encryption.openWithKek(stored, contextOf(login)).catch(() => undefined);
    const trip = opened === undefined ? undefined : tripForm.parse(JSON.parse(opened));
    if (!trip) return undefined;
    const endsAt = new Date(trip.startedAt.getTime() + tripSeconds * 1000);
    if (clock.now() > endsAt) return undefined;
    return (await markOnce(sha256(`eid-trip\0${trip.state}`), endsAt)) ? trip : undefined;
  }

  return { begin, end };
}
