import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { createPasskeys } from '../../src/authenticators/passkey.ts';
import type { WebAuthnChallenges } from '../../src/authenticators/webauthn-challenge.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { insertAccount } from '../support/insert-account.ts';
import { testClock } from '../support/test-clock.ts';

type Vector = {
  readonly section: string;
  readonly name: string;
  readonly credentialId: string;
  readonly registration: Readonly<Record<'challenge' | 'clientDataJSON' | 'attestationObject', string>>;
  readonly authentication: Readonly<Record<'challenge' | 'clientDataJSON' | 'authenticatorData' | 'signature', string>>;
};

const file = join(import.meta.dirname, 'webauthn-vectors.json');
const { relyingPartyId, origin, vectors } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly relyingPartyId: string;
  readonly origin: string;
  readonly vectors: readonly Vector[];
};

const base64url = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');

function responseOf(vector: Vector, part: Readonly<Record<string, string>>) {
  const id = base64url(vector.credentialId);
  const response = Object.fromEntries(Object.entries(part).map(([name, hex]) => [name, base64url(hex)]));
  return { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {}, response };
}

/** What becomes of each; what isn't named here is registered and proves itself. */
const refusedBecause: Readonly<Record<string, string>> = {
  'none.ES256.crossOrigin': 'cross-origin',
  'none.ES256.topOrigin': 'cross-origin',
  'packed.ES384': 'algorithm-not-allowed',
  'packed.ES512': 'algorithm-not-allowed',
};
const expectedOf = ({ name }: Vector) => refusedBecause[name];

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

// The vectors bring challenges of their own.
const challenges: WebAuthnChallenges = { issue: () => Buffer.alloc(64), redeem: async () => 'redeemed' };
const passkeys = createPasskeys({
  rpId: relyingPartyId,
  rpName: 'Vectors',
  origin,
  challenges,
  run: (statement) => database.runStatement(statement),
  clock: testClock(),
});
const binding = 'login:vectors';

describe('WebAuthn Level 3 §16: test vectors', () => {
  it('are all there', () => {
    expect(vectors).toHaveLength(14);
  });

  it.each(vectors.map((vector) => [vector.section, vector.name, vector] as const))('§%s %s', async (_, __, vector) => {
    const accountId = await insertAccount(database.dataSource.manager);
    const tx = database.dataSource.manager;
    const person = { accountId, userName: 'a', displayName: 'a', binding, kind: 'security-key' } as const;
    await passkeys.registrationOptions(tx, person);
    const response = JSON.stringify(responseOf(vector, vector.registration));
    const verification = await passkeys.verifyRegistration({ response, binding, kind: 'security-key' });
    const reason = expectedOf(vector);
    if (reason !== undefined) {
      expect(verification).toEqual({ outcome: 'refused', reason });
      return;
    }
    if (verification.outcome === 'refused') throw new Error(verification.reason);
    const { registration } = verification;
    expect(await passkeys.register(tx, { registration, accountId, name: 'Vector' })).toMatchObject({
      outcome: 'registered',
      credentialId: base64url(vector.credentialId),
      attested: false,
    });
    const receipt = await passkeys.receiveAssertion({
      response: JSON.stringify(responseOf(vector, vector.authentication)),
      binding,
    });
    if (receipt.outcome === 'refused') throw new Error(receipt.reason);
    const { assertion } = receipt;
    expect(await passkeys.authenticate({ assertion, expectedAccountId: accountId })).toMatchObject({
      outcome: 'proved',
      accountId,
    });
  });

  it.each(
    vectors.filter(({ name }) => /crossOrigin|topOrigin/.test(name)).map((vector) => [vector.name, vector] as const),
  )('%s is refused as an assertion too', async (_, vector) => {
    const response = JSON.stringify(responseOf(vector, vector.authentication));
    expect(await passkeys.receiveAssertion({ response, binding })).toEqual({
      outcome: 'refused',
      reason: 'cross-origin',
    });
  });

  it.each(vectors.filter(({ name }) => /ES384|ES512/.test(name)).map((vector) => [vector.name, vector] as const))(
    '%s is sound and refused for its algorithm alone',
    async (_, vector) => {
      const expected = { expectedOrigin: origin, expectedRPID: relyingPartyId, requireUserVerification: false };
      const created = await verifyRegistrationResponse({
        ...expected,
        response: responseOf(vector, vector.registration) as never,
        expectedChallenge: base64url(vector.registration.challenge),
        supportedAlgorithmIDs: [-35, -36],
      });
      if (!created.verified) throw new Error('not verified');
      const used = await verifyAuthenticationResponse({
        ...expected,
        response: responseOf(vector, vector.authentication) as never,
        expectedChallenge: base64url(vector.authentication.challenge),
        credential: created.registrationInfo.credential,
      });
      expect(used.verified).toBe(true);
    },
  );
});
