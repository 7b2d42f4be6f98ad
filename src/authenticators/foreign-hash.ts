import { pbkdf2, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import bcrypt from 'bcrypt';
import { equalsConstantTime } from '../platform/secret-token.ts';

/** The schemes a password may arrive with from another system. It is hashed anew at its first sign-in. */
export type ForeignHash = Argon2Hash | BcryptHash | Pbkdf2Hash | ScryptHash;

type Argon2Hash = {
  readonly scheme: 'argon2';
  readonly variant: 'argon2i' | 'argon2id';
  readonly version: number;
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
  readonly hashBytes: number;
};
type BcryptHash = { readonly scheme: 'bcrypt'; readonly rounds: number; readonly text: string };
type Pbkdf2Hash = {
  readonly scheme: 'pbkdf2';
  readonly digest: 'sha256' | 'sha512';
  readonly iterations: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
};
type ScryptHash = {
  readonly scheme: 'scrypt';
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
};

export type ForeignHashReading =
  | { readonly kind: 'accepted'; readonly foreign: ForeignHash }
  | { readonly kind: 'refused'; readonly reason: 'unknown-scheme' | 'malformed' | 'too-costly' };

// What one verification of somebody else's hash may cost us: an imported row must not become a lever against the service.
const caps = {
  textLength: 1024,
  hashBytes: { least: 16, most: 128 },
  bcryptRounds: 13,
  pbkdf2Iterations: 2_000_000,
  argon2MemoryKib: 131_072,
  argon2KibPasses: 524_288,
  argon2Lanes: 8,
  scryptBlocks: 1_048_576,
  scryptParallelization: 4,
} as const;

type Reader = (text: string) => ForeignHash | undefined;

const readers: readonly { readonly start: RegExp; readonly read: Reader }[] = [
  { start: /^\$argon2id?\$/, read: readArgon2 },
  { start: /^\$2[aby]\$/, read: readBcrypt },
  { start: /^\$pbkdf2-sha(256|512)\$/, read: readPbkdf2Phc },
  { start: /^pbkdf2_sha(256|512)\$/, read: readPbkdf2Django },
  { start: /^\$scrypt\$/, read: readScrypt },
];

/**
 * Reads an unpeppered hash of another system: bcrypt; argon2i/argon2id, scrypt and PBKDF2 as PHC strings (PBKDF2 also as
 * passlib and Django write it). Never throws. @see the PHC string format specification
 */
export function parseForeignHash(text: string): ForeignHashReading {
  const reader = readers.find(({ start }) => start.test(text));
  if (!reader) return { kind: 'refused', reason: 'unknown-scheme' };
  const foreign = text.length <= caps.textLength ? reader.read(text) : undefined;
  if (!foreign) return { kind: 'refused', reason: 'malformed' };
  return isAffordable(foreign) ? { kind: 'accepted', foreign } : { kind: 'refused', reason: 'too-costly' };
}

/** Recomputes a bcrypt, PBKDF2 or scrypt hash, off the event loop, and compares in constant time. */
export async function matchesForeignHash(
  foreign: BcryptHash | Pbkdf2Hash | ScryptHash,
  password: string,
): Promise<boolean> {
  switch (foreign.scheme) {
    case 'bcrypt':
      return bcrypt.compare(password, foreign.text);
    case 'pbkdf2': {
      const { salt, iterations, hash, digest } = foreign;
      return equalsConstantTime(await promisify(pbkdf2)(password, salt, iterations, hash.length, digest), hash);
    }
    case 'scrypt':
      return equalsConstantTime(await computeScrypt(foreign, password), foreign.hash);
  }
}

function computeScrypt(foreign: ScryptHash, password: string): Promise<Buffer> {
  const { cost, blockSize, parallelization, salt, hash } = foreign;
  // Twice the table, since node counts its working memory too.
  const maxmem = 256 * cost * blockSize + 1024 * blockSize * parallelization;
  return new Promise((resolve, reject) => {
    scrypt(password, salt, hash.length, { cost, blockSize, parallelization, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

function readArgon2(text: string): ForeignHash | undefined {
  const match =
    /^\$(?<variant>argon2id?)\$v=(?<version>16|19)\$(?<parameters>[a-z0-9=,]+)\$(?<salt>[\w+/]+)\$(?<hash>[\w+/]+)$/.exec(
      text,
    )?.groups;
  const parameters = match && readParameters(match['parameters'] ?? '');
  const salt = match && decode(match['salt'] ?? '');
  const hash = match && decode(match['hash'] ?? '');
  if (!match || !parameters || !salt || !hash || !isHashLength(hash)) return undefined;
  const { m: memoryKib, t: passes, p: lanes } = parameters;
  if (memoryKib === undefined || passes === undefined || lanes === undefined) return undefined;
  if (passes < 1 || lanes < 1 || memoryKib < 8 * lanes || salt.length < 8) return undefined;
  const variant = match['variant'] === 'argon2id' ? 'argon2id' : 'argon2i';
  return {
    scheme: 'argon2',
    variant,
    version: Number(match['version']),
    memoryKib,
    passes,
    lanes,
    hashBytes: hash.length,
  };
}

// PHP's `2y` and OpenBSD's `2b` name the same algorithm; the library knows the second name only.
function readBcrypt(text: string): ForeignHash | undefined {
  const rounds = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(text)?.[1];
  if (rounds === undefined) return undefined;
  return { scheme: 'bcrypt', rounds: Number(rounds), text: text.replace(/^\$2y/, '$2b') };
}

function readPbkdf2Phc(text: string): ForeignHash | undefined {
  const [, name = '', rounds = '', saltText = '', hashText = '', ...rest] = text.split('$');
  const iterations = /^\d{1,9}$/.test(rounds) ? Number(rounds) : readParameters(rounds)?.['i'];
  // passlib writes "." where base64 has "+".
  const salt = decode(saltText.replaceAll('.', '+'));
  const hash = decode(hashText.replaceAll('.', '+'));
  if (rest.length > 0 || !iterations || !salt || !hash || !isHashLength(hash)) return undefined;
  return { scheme: 'pbkdf2', digest: digestOf(name), iterations, salt, hash };
}

function readPbkdf2Django(text: string): ForeignHash | undefined {
  const [name = '', rounds = '', salt = '', hashText = '', ...rest] = text.split('$');
  const iterations = /^\d{1,9}$/.test(rounds) ? Number(rounds) : 0;
  const hash = decode(hashText.replace(/={1,2}$/, ''));
  if (rest.length > 0 || iterations < 1 || salt === '' || !hash || !isHashLength(hash)) return undefined;
  return { scheme: 'pbkdf2', digest: digestOf(name), iterations, salt: Buffer.from(salt, 'utf8'), hash };
}

function readScrypt(text: string): ForeignHash | undefined {
  const [, , parameterText = '', saltText = '', hashText = '', ...rest] = text.split('$');
  const { ln, r: blockSize, p: parallelization } = readParameters(parameterText) ?? {};
  const salt = decode(saltText);
  const hash = decode(hashText);
  if (rest.length > 0 || !ln || ln > 31 || !blockSize || !parallelization) return undefined;
  if (!salt || !hash || !isHashLength(hash)) return undefined;
  return { scheme: 'scrypt', cost: 2 ** ln, blockSize, parallelization, salt, hash };
}

function isAffordable(foreign: ForeignHash): boolean {
  switch (foreign.scheme) {
    case 'argon2':
      return (
        foreign.memoryKib <= caps.argon2MemoryKib &&
        foreign.memoryKib * foreign.passes <= caps.argon2KibPasses &&
        foreign.lanes <= caps.argon2Lanes
      );
    case 'bcrypt':
      return foreign.rounds >= 4 && foreign.rounds <= caps.bcryptRounds;
    case 'pbkdf2':
      return foreign.iterations <= caps.pbkdf2Iterations;
    case 'scrypt':
      return (
        foreign.cost * foreign.blockSize <= caps.scryptBlocks && foreign.parallelization <= caps.scryptParallelization
      );
  }
}

/** `m=19456,t=2,p=1` as numbers; undefined where a part is anything else. */
function readParameters(text: string): Readonly<Record<string, number>> | undefined {
  const pairs = text.split(',').map((part) => /^([a-z]{1,2})=(\d{1,9})$/.exec(part));
  if (pairs.some((pair) => pair === null)) return undefined;
  return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1], Number(pair[2])]] : [])));
}

/** Base64 without padding, strictly; undefined where empty or malformed. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.toString('base64').replace(/=+$/, '') === text ? bytes : undefined;
}

function isHashLength(hash: Buffer): boolean {
  return hash.length >= caps.hashBytes.least && hash.length <= caps.hashBytes.most;
}

function digestOf(name: string): 'sha256' | 'sha512' {
  return name.endsWith('512') ? 'sha512' : 'sha256';
}
