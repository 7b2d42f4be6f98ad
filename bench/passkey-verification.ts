import { randomBytes } from 'node:crypto';
import { parseAssertionResponse } from '../src/authenticators/passkey.forms.ts';
import { verifyAssertion } from '../src/authenticators/passkey-verification.ts';
import { coseKeyOf } from '../src/demo/seed-authenticators.ts';
import { issuer } from './issuer.ts';
import { answerChallenge, held, newPasskey } from './passkey-signer.ts';

const keys = 50;
const relyingParty = { rpId: issuer.hostname, origin: issuer.origin };

function prepare() {
  const passkey = held(newPasskey());
  return {
    publicKey: coseKeyOf(passkey.passkey.private_key_jwk),
    answer: () => answerChallenge(passkey, randomBytes(64).toString('base64url')),
  };
}

/** What reading and verifying one answer takes the server, without its database, in ms: the mean of so many. */
export async function verificationMs({ verifications }: { readonly verifications: number }): Promise<number> {
  const passkeys = Array.from({ length: keys }, prepare);
  const prepared = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const { publicKey, answer } = passkeys[index % keys] ?? prepare();
      return { publicKey, field: answer() };
    });
  async function verifyAll(all: ReturnType<typeof prepared>): Promise<number> {
    const startedAt = performance.now();
    for (const { publicKey, field } of all) {
      const response = parseAssertionResponse(field);
      const verified = response && (await verifyAssertion(response, { ...relyingParty, publicKey }));
      if (!verified?.userVerified) throw new Error('an assertion that is right was refused');
    }
    return (performance.now() - startedAt) / all.length;
  }
  await verifyAll(prepared(keys));
  return verifyAll(prepared(verifications));
}
