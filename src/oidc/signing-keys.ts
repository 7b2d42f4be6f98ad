import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint } from 'jose';

export type SigningAlgorithm = 'ES256' | 'RS256';

export const signingAlgorithms: readonly SigningAlgorithm[] = ['ES256', 'RS256'];

/** `next` is published and waits, `current` signs, `retiring` only verifies: its private part is gone. */
export type SigningKeyState = 'next' | 'current' | 'retiring';

/** A key's public side. Times are set as it moves on. */
export type SigningKey = {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly state: SigningKeyState;
  readonly publicJwk: SigningJwk;
  readonly createdAt: Date;
  readonly activatedAt: Date | undefined;
  readonly retiredAt: Date | undefined;
};

/** @see RFC 7517 §4; RFC 7518 §6.2, §6.3 */
export type SigningJwk = {
  readonly kty?: string;
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
  readonly key_ops?: readonly string[];
} & { readonly [member in 'crv' | 'x' | 'y' | 'n' | 'e' | PrivateMember]?: string };

export type SigningKeyPolicy = {
  /** How long a key is published before it signs: longer than any portal keeps our key set. */
  readonly publishBeforeUseSeconds: number;
  readonly rotateAfterSeconds: number;
  /** How long a key verifies after it last signed: portals send old ID tokens as hints. */
  readonly keepRetiredSeconds: number;
};

const daySeconds = 24 * 3600;

/** A day more than sixty: a process that hears late of a rotation still signs for some seconds. */
export const signingKeyPolicy: SigningKeyPolicy = {
  publishBeforeUseSeconds: daySeconds,
  rotateAfterSeconds: 90 * daySeconds,
  keepRetiredSeconds: 61 * daySeconds,
};

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const;
type PrivateMember = (typeof privateMembers)[number];

const makeKeyPair = promisify(generateKeyPair);

/** A new key pair under its thumbprint as kid. @see RFC 7638 */
export async function generateSigningKey(alg: SigningAlgorithm): Promise<{
  readonly kid: string;
  readonly publicJwk: SigningJwk;
  readonly privateJwk: SigningJwk;
}> {
  const pair =
    alg === 'ES256'
      ? await makeKeyPair('ec', { namedCurve: 'P-256' })
      : await makeKeyPair('rsa', { modulusLength: 2048 });
  const exported = pair.publicKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint(exported);
  const named = { kid, alg, use: 'sig' } as const;
  return {
    kid,
    publicJwk: { ...(exported as SigningJwk), ...named },
    privateJwk: { ...(pair.privateKey.export({ format: 'jwk' }) as SigningJwk), ...named },
  };
}

function isPast(from: Date | undefined, seconds: number, now: Date): boolean {
  return from !== undefined && from.getTime() + seconds * 1000 <= now.getTime();
}

/** Whether everyone has had the time to fetch this key. */
export function isPublishedLongEnough(
  key: Pick<SigningKey, 'createdAt'>,
  now: Date,
  policy: SigningKeyPolicy,
): boolean {
  return isPast(key.createdAt, policy.publishBeforeUseSeconds, now);
}

export type DueStep =
  | { readonly kind: 'rotate'; readonly alg: SigningAlgorithm; readonly replacing: string }
  | { readonly kind: 'remove'; readonly alg: SigningAlgorithm; readonly kid: string };

/** What the schedule wants done now. A rotation waits until the next key has been published long enough. */
export function keysDue(keys: readonly SigningKey[], now: Date, policy: SigningKeyPolicy): readonly DueStep[] {
  const rotations = keys
    .filter(({ state, activatedAt }) => state === 'current' && isPast(activatedAt, policy.rotateAfterSeconds, now))
    .filter(({ alg }) =>
      keys.some((key) => key.alg === alg && key.state === 'next' && isPublishedLongEnough(key, now, policy)),
    )
    .map(({ alg, kid }) => ({ kind: 'rotate', alg, replacing: kid }) as const);
  const removals = keys
    .filter(({ state, retiredAt }) => state === 'retiring' && isPast(retiredAt, policy.keepRetiredSeconds, now))
    .map(({ alg, kid }) => ({ kind: 'remove', alg, kid }) as const);
  return [...rotations, ...removals];
}

/** The engine's key set: whoever isn't current verifies only, and comes without its private part. */
export type EngineJwks = { readonly keys: readonly SigningJwk[] };

/** @param privateJwks the private keys of the current ones by kid. @throws TypeError where one is missing */
export function toEngineJwks(keys: readonly SigningKey[], privateJwks: ReadonlyMap<string, SigningJwk>): EngineJwks {
  const current = keys.filter(({ state }) => state === 'current');
  const others = keys.filter(({ state }) => state !== 'current');
  return {
    keys: [
      ...current.map(({ kid }) => {
        const privateJwk = privateJwks.get(kid);
        if (!privateJwk) throw new TypeError('a current key has a private part');
        return privateJwk;
      }),
      ...others.map(({ publicJwk }) => toVerifyOnly(publicJwk)),
    ],
  };
}

// The engine insists on private members, but strips them to verify, and by key_ops never signs with this key.
function toVerifyOnly(publicJwk: SigningJwk): SigningJwk {
  const members = publicJwk.kty === 'RSA' ? privateMembers : (['d'] as const);
  const withheld = Object.fromEntries(members.map((member) => [member, 'withheld']));
  return { ...publicJwk, key_ops: ['verify'], ...withheld };
}
