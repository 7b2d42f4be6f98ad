import type { Clock } from '../platform/clock.ts';
import type { Encryption, SealContext } from '../platform/encryption.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';
import {
  type DueStep,
  type EngineJwks,
  generateSigningKey,
  isPublishedLongEnough,
  keysDue,
  type SigningAlgorithm,
  type SigningJwk,
  type SigningKey,
  type SigningKeyPolicy,
  type SigningKeyState,
  signingAlgorithms,
  toEngineJwks,
} from './signing-keys.ts';

export type LoadedKeys = {
  /** Equal to `version()` as long as nothing was rotated, added or removed. */
  readonly version: string;
  readonly jwks: EngineJwks;
};

export type RotationOutcome =
  | { readonly kind: 'rotated'; readonly current: string }
  /** Another process was faster: the key to be replaced no longer signs. */
  | { readonly kind: 'already-rotated' }
  /** The next key is so new that portals may not have it yet. */
  | { readonly kind: 'next-too-young' };

export type SigningKeyRepository = {
  /** Makes what is missing: one current and one next key per algorithm. At first start, and harmless ever after. */
  readonly ensureSigningKeys: (tx: Transaction) => Promise<void>;
  /** next → current → retiring, and a new next. Of parallel calls that replace the same key one does it. */
  readonly rotate: (
    tx: Transaction,
    options: { readonly alg: SigningAlgorithm; readonly replacing: string },
  ) => Promise<RotationOutcome>;
  /** Does what the schedule wants done now. @returns what was done by this call */
  readonly performDue: (tx: Transaction) => Promise<readonly DueStep[]>;
  /** Seals every private part anew, by the current key-encryption key. */
  readonly reseal: (tx: Transaction) => Promise<void>;
  readonly list: () => Promise<readonly SigningKey[]>;
  /** The keys for the engine; only those that sign are opened. */
  readonly loadJwks: () => Promise<LoadedKeys>;
  /** A text that changes with every change of the keys: one small statement, to be polled. */
  readonly version: () => Promise<string>;
};

type KeyRow = {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly state: SigningKeyState;
  readonly public_jwk: SigningJwk;
  readonly private_sealed: Buffer | null;
  readonly key_encryption_key_id: string;
  readonly created_at: Date;
  readonly activated_at: Date | null;
  readonly retired_at: Date | null;
};

function toSigningKey(row: KeyRow): SigningKey {
  return {
    kid: row.kid,
    alg: row.alg,
    state: row.state,
    publicJwk: row.public_jwk,
    createdAt: row.created_at,
    activatedAt: row.activated_at ?? undefined,
    retiredAt: row.retired_at ?? undefined,
  };
}

function versionOf(keys: readonly Pick<SigningKey, 'kid' | 'state'>[]): string {
  return keys.map(({ kid, state }) => `${kid}:${state}`).join(' ');
}

const sealContext = (kid: string): SealContext => `signing_key:private_sealed:${kid}`;

export function createSigningKeyRepository({
  run,
  clock,
  encryption,
  policy,
}: {
  readonly run: RunStatement;
  readonly clock: Clock;
  readonly encryption: Pick<Encryption, 'sealWithKek' | 'openWithKek'>;
  readonly policy: SigningKeyPolicy;
}): SigningKeyRepository {
  const readAll = (): Promise<readonly KeyRow[]> =>
    run<KeyRow>({
      name: 'signing-key-read-all',
      text: `
        SELECT kid, alg, state, public_jwk, private_sealed, key_encryption_key_id, created_at, activated_at, retired_at
        FROM signing_key ORDER BY kid`,
      values: [],
    });

  /** Puts a new key into the state, unless one is there: then it stays. */
  async function insert(tx: Transaction, { alg, state }: Pick<SigningKey, 'alg'> & { state: 'next' | 'current' }) {
    const { kid, publicJwk, privateJwk } = await generateSigningKey(alg);
    const { sealed, keyEncryptionKeyId } = await encryption.sealWithKek(JSON.stringify(privateJwk), sealContext(kid));
    const now = clock.now();
    await tx.query(
      `INSERT INTO signing_key
         (kid, alg, state, public_jwk, private_sealed, key_encryption_key_id, created_at, activated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
      [kid, alg, state, JSON.stringify(publicJwk), sealed, keyEncryptionKeyId, now, state === 'current' ? now : null],
    );
  }

  /** The current and the next key of the algorithm. Who waited for these locks sees what the other one left. */
  async function lockPair(tx: Transaction, alg: SigningAlgorithm) {
    const rows = await tx.query<Pick<KeyRow, 'kid' | 'state' | 'created_at'>[]>(
      `SELECT kid, state, created_at FROM signing_key WHERE alg = $1 AND state <> 'retiring' ORDER BY kid FOR UPDATE`,
      [alg],
    );
    return {
      current: rows.find(({ state }) => state === 'current'),
      next: rows.find(({ state }) => state === 'next'),
    };
  }

  const rotate: SigningKeyRepository['rotate'] = async (tx, { alg, replacing }) => {
    const { current, next } = await lockPair(tx, alg);
    const now = clock.now();
    if (current?.kid !== replacing) return { kind: 'already-rotated' };
    if (!next || !isPublishedLongEnough({ createdAt: next.created_at }, now, policy)) return { kind: 'next-too-young' };
    // A key that no longer signs needs no private part: what is gone can't be stolen.
    await tx.query(`UPDATE signing_key SET state = 'retiring', retired_at = $2, private_sealed = NULL WHERE kid = $1`, [
      replacing,
      now,
    ]);
    await tx.query(`UPDATE signing_key SET state = 'current', activated_at = $2 WHERE kid = $1`, [next.kid, now]);
    await insert(tx, { alg, state: 'next' });
    return { kind: 'rotated', current: next.kid };
  };

  async function perform(tx: Transaction, step: DueStep): Promise<boolean> {
    switch (step.kind) {
      case 'rotate':
        return (await rotate(tx, step)).kind === 'rotated';
      case 'remove': {
        const [, removed] = await tx.query<[unknown, number]>(
          `DELETE FROM signing_key WHERE kid = $1 AND state = 'retiring'`,
          [step.kid],
        );
        return removed > 0;
      }
    }
  }

  return {
    ensureSigningKeys: async (tx) => {
      const rows = await tx.query<Pick<KeyRow, 'alg' | 'state'>[]>('SELECT alg, state FROM signing_key');
      for (const alg of signingAlgorithms) {
        for (const state of ['current', 'next'] as const) {
          if (!rows.some((row) => row.alg === alg && row.state === state)) await insert(tx, { alg, state });
        }
      }
    },

    rotate,

    performDue: async (tx) => {
      const done: DueStep[] = [];
      for (const step of keysDue((await readAll()).map(toSigningKey), clock.now(), policy)) {
        if (await perform(tx, step)) done.push(step);
      }
      return done;
    },

    reseal: async (tx) => {
      const rows = await tx.query<Pick<KeyRow, 'kid' | 'private_sealed' | 'key_encryption_key_id'>[]>(
        'SELECT kid, private_sealed, key_encryption_key_id FROM signing_key ORDER BY kid FOR UPDATE',
      );
      for (const { kid, private_sealed: stored, key_encryption_key_id: keyId } of rows) {
        if (stored === null) continue;
        const plain = await encryption.openWithKek({ sealed: stored, keyEncryptionKeyId: keyId }, sealContext(kid));
        const { sealed, keyEncryptionKeyId } = await encryption.sealWithKek(plain, sealContext(kid));
        const values = [kid, sealed, keyEncryptionKeyId];
        await tx.query('UPDATE signing_key SET private_sealed = $2, key_encryption_key_id = $3 WHERE kid = $1', values);
      }
    },

    list: async () => (await readAll()).map(toSigningKey),

    loadJwks: async () => {
      const rows = await readAll();
      const privateJwks = new Map<string, SigningJwk>();
      for (const { kid, state, private_sealed: sealed, key_encryption_key_id: keyEncryptionKeyId } of rows) {
        if (state !== 'current' || sealed === null) continue;
        privateJwks.set(
          kid,
          JSON.parse(await encryption.openWithKek({ sealed, keyEncryptionKeyId }, sealContext(kid))),
        );
      }
      return { version: versionOf(rows), jwks: toEngineJwks(rows.map(toSigningKey), privateJwks) };
    },

    version: async () => {
      const rows = await run<Pick<KeyRow, 'kid' | 'state'>>({
        name: 'signing-key-version',
        text: 'SELECT kid, state FROM signing_key ORDER BY kid',
        values: [],
      });
      return versionOf(rows);
    },
  };
}
