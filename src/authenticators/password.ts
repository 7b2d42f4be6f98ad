import { randomBytes } from 'node:crypto';
import argon2 from 'argon2';
import { AppError } from '../platform/app-error.ts';
import { matchesForeignHash, parseForeignHash } from './foreign-hash.ts';
import { createHashingQueue, type HashingQueueLimits, type InTurn } from './hashing-queue.ts';
import { normalizePassword } from './normalize-password.ts';

/** A key that isn't in the database: without it, a stolen table of hashes can't even be guessed at. */
export type Pepper = { readonly id: string; readonly secret: Uint8Array };

/** What is stored. `pepperId` is null for the hash of another system, not yet hashed anew. */
export type PasswordHash = { readonly hash: string; readonly pepperId: string | null };

export type PasswordVerification =
  | { readonly kind: 'accepted'; readonly rehash: boolean }
  | { readonly kind: 'rejected' };

/**
 * Verifies in constant effort: `undefined` (no such account, or one without a password) costs what a real hash costs
 * and is always rejected. `rehash` asks for `hash` while the password is at hand.
 * @throws AppError `pepper-missing` where the pepper of this hash isn't configured.
 */
export type VerifyPassword = (stored: PasswordHash | undefined, password: string) => Promise<PasswordVerification>;

export type HashingOverload = { readonly kind: 'overloaded'; readonly retryAfterSeconds: number };

export type PasswordFault = 'hashing-overloaded' | 'password-too-long' | 'pepper-missing';

export type PasswordHasher = {
  /**
   * Hashes with the current parameters and pepper.
   * @throws AppError `hashing-overloaded` (publicDetails.retryAfterSeconds) when the queue is full, `password-too-long`
   * where the password policy was not asked first.
   */
  readonly hash: (password: string) => Promise<{ readonly hash: string; readonly pepperId: string }>;
  /** Runs `use` with room for its verification held from its first step on, or refuses before it: never halfway. */
  readonly withRoom: <T>(use: (verify: VerifyPassword) => Promise<T>) => Promise<T | HashingOverload>;
  /** Whether there is no room now, so that who would be refused can be before anything is read. */
  readonly overload: () => HashingOverload | undefined;
};

// OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane.
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1, hashLength: 32, version: 0x13 } as const;
const saltBytes = 16;
const overloadRetryAfterSeconds = 5;
const overloaded: HashingOverload = { kind: 'overloaded', retryAfterSeconds: overloadRetryAfterSeconds };

/**
 * The only place that hashes passwords.
 * @param peppers the first one is current; older ones stay until no stored hash names them.
 */
export function createPasswordHasher(
  options: {
    readonly peppers: readonly [Pepper, ...Pepper[]];
    /** Hears of each password that finds no room. */
    readonly onOverload?: () => void;
  } & HashingQueueLimits,
): PasswordHasher {
  const queue = createHashingQueue(options);
  const [currentPepper] = options.peppers;
  const peppers = new Map(options.peppers.map(({ id, secret }) => [id, Buffer.from(secret)]));
  const decoy: PasswordHash = { hash: newDecoyHash(), pepperId: currentPepper.id };

  async function hash(password: string): Promise<{ readonly hash: string; readonly pepperId: string }> {
    const normalized = normalizePassword(password);
    if (normalized === undefined) throw new AppError<PasswordFault>('password-too-long');
    const admission = await queue.withPlace((inTurn) =>
      inTurn(() =>
        argon2.hash(normalized, {
          ...parameters,
          type: argon2.argon2id,
          salt: randomBytes(saltBytes),
          secret: pepperOf(currentPepper.id),
        }),
      ),
    );
    if (admission.kind === 'full') {
      const { retryAfterSeconds } = refused();
      throw new AppError<PasswordFault>('hashing-overloaded', { publicDetails: { retryAfterSeconds } });
    }
    return { hash: admission.value, pepperId: currentPepper.id };
  }

  async function withRoom<T>(use: (verify: VerifyPassword) => Promise<T>): Promise<T | HashingOverload> {
    const admission = await queue.withPlace((inTurn) => use(verifyIn(inTurn)));
    return admission.kind === 'full' ? refused() : admission.value;
  }

  function verifyIn(inTurn: InTurn): VerifyPassword {
    return async (stored, password) => {
      const normalized = normalizePassword(password);
      // Depends on what was typed only, so it tells nothing about the account.
      if (normalized === undefined) return { kind: 'rejected' };
      const { hash, pepperId } = stored ?? decoy;
      const matches = await inTurn(() =>
        pepperId === null
          ? matchesUnpeppered(hash, [normalized, password])
          : argon2.verify(hash, normalized, { secret: pepperOf(pepperId) }),
      );
      if (!matches || stored === undefined) return { kind: 'rejected' };
      return { kind: 'accepted', rehash: pepperId !== currentPepper.id || !hasCurrentParameters(hash) };
    };
  }

  function refused(): HashingOverload {
    options.onOverload?.();
    return overloaded;
  }

  function pepperOf(id: string): Buffer {
    const secret = peppers.get(id);
    if (!secret) throw new AppError<PasswordFault>('pepper-missing', { publicDetails: { pepperId: id } });
    return secret;
  }

  return { hash, withRoom, overload: () => (queue.isFull() ? refused() : undefined) };
}

/** The other system may have hashed the bytes as they were typed, so both spellings are tried; most are the same. */
async function matchesUnpeppered(hash: string, spellings: readonly string[]): Promise<boolean> {
  const reading = parseForeignHash(hash);
  if (reading.kind === 'refused') return false;
  const { foreign } = reading;
  for (const spelling of new Set(spellings)) {
    const matches =
      foreign.scheme === 'argon2' ? await argon2.verify(hash, spelling) : await matchesForeignHash(foreign, spelling);
    if (matches) return true;
  }
  return false;
}

function hasCurrentParameters(hash: string): boolean {
  const reading = parseForeignHash(hash);
  if (reading.kind === 'refused' || reading.foreign.scheme !== 'argon2') return false;
  const { variant, version, memoryKib, passes, lanes, hashBytes } = reading.foreign;
  return (
    variant === 'argon2id' &&
    version === parameters.version &&
    memoryKib === parameters.memoryCost &&
    passes === parameters.timeCost &&
    lanes === parameters.parallelism &&
    hashBytes === parameters.hashLength
  );
}

/** A well-formed hash of nothing: random bytes, so no password matches it and verifying it costs the same as any other. */
function newDecoyHash(): string {
  const encode = (bytes: number): string => randomBytes(bytes).toString('base64').replace(/=+$/, '');
  const { version, memoryCost, timeCost, parallelism, hashLength } = parameters;
  return `$argon2id$v=${version}$m=${memoryCost},t=${timeCost},p=${parallelism}$${encode(saltBytes)}$${encode(hashLength)}`;
}
