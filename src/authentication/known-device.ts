import { createHmac, createSecretKey } from 'node:crypto';
import { equalsConstantTime, newSecretToken } from '../platform/secret-token.ts';

/** A browser that has signed in with this identifier before. It buys an allowance of its own, never an authentication. */
export type KnownDevice = {
  readonly id: string;
  /** Of its last sign-in with the identifier. */
  readonly signedInAt: Date;
};

export type KnownDevices = {
  /** The device of this identifier, if the cookie vouches for one. Anything malformed, expired or forged is a stranger. */
  readonly recognize: (
    cookie: string | undefined,
    about: { readonly identifier: string; readonly now: number },
  ) => KnownDevice | undefined;
  /** The cookie's next value after a sign-in: this identifier first, and the others of a shared browser kept. */
  readonly remember: (
    cookie: string | undefined,
    about: { readonly identifier: string; readonly now: number },
  ) => string;
};

/** How long the cookie is good for, from the last sign-in. */
export const knownDeviceTtlSeconds = 180 * 24 * 60 * 60;
// A family's browser; more would only make the cookie long.
const mostIdentifiers = 5;
const idBytes = 12;

type Entry = { readonly text: string; readonly id: string; readonly issuedAt: number; readonly mac: Buffer };

/**
 * A signed cookie with one entry for each identifier that signed in here; which identifiers these are, the cookie doesn't tell.
 * Shape: `<device id>.<issued at>.<HMAC-SHA256>`, joined by `~`; times in whole seconds since 1970 UTC.
 * @param secret at least 32 bytes, shared by all instances
 */
export function createKnownDevices(secret: Uint8Array): KnownDevices {
  const key = createSecretKey(secret);
  function macOf({
    id,
    issuedAt,
    identifier,
  }: {
    readonly id: string;
    readonly issuedAt: number;
    readonly identifier: string;
  }): Buffer {
    return createHmac('sha256', key).update(`known-device\0${id}\0${issuedAt}\0${identifier}`).digest();
  }

  function entryOf(entries: readonly Entry[], identifier: string): Entry | undefined {
    return entries.find(({ id, issuedAt, mac }) => equalsConstantTime(mac, macOf({ id, issuedAt, identifier })));
  }

  return {
    recognize(cookie, { identifier, now }) {
      const entry = entryOf(readEntries(cookie), identifier);
      return entry && now - entry.issuedAt <= knownDeviceTtlSeconds
        ? { id: entry.id, signedInAt: new Date(entry.issuedAt * 1000) }
        : undefined;
    },
    remember(cookie, { identifier, now }) {
      const entries = readEntries(cookie);
      const own = entryOf(entries, identifier);
      const id = own?.id ?? newSecretToken(idBytes);
      const text = `${id}.${now}.${macOf({ id, issuedAt: now, identifier }).toString('base64url')}`;
      const others = entries.filter((entry) => entry !== own).map((entry) => entry.text);
      return [text, ...others].slice(0, mostIdentifiers).join('~');
    },
  };
}

function readEntries(cookie: string | undefined): readonly Entry[] {
  return (cookie ?? '').split('~', mostIdentifiers).flatMap((text) => {
    const [, id, issuedAt, mac] = /^([\w-]{16})\.(\d{1,12})\.([\w-]{43})$/.exec(text) ?? [];
    if (id === undefined || issuedAt === undefined || mac === undefined) return [];
    return [{ text, id, issuedAt: Number(issuedAt), mac: Buffer.from(mac, 'base64url') }];
  });
}
