import { afterAll, describe, expect, it } from '@jest/globals';
import { createWebAuthnChallenges, type MarkOnce } from '../../src/authenticators/webauthn-challenge.ts';
import { createReplayRepository } from '../../src/oidc/replay-repository.ts';
import { testDatabase } from '../support/database.ts';
import { testClock } from '../support/test-clock.ts';

const database = await testDatabase();
afterAll(() => database.close());

const { markOnce } = createReplayRepository({ run: database.runStatement });
const scope = { ceremony: 'authentication', binding: 'login:one' } as const;

function challengesWith(changes: { readonly key?: Buffer; readonly markOnce?: MarkOnce } = {}) {
  const clock = testClock();
  return { clock, ...createWebAuthnChallenges({ key: Buffer.alloc(32, 1), markOnce, clock, ...changes }) };
}

describe('WebAuthn Level 3 §13.4.3: a challenge', () => {
  it('is different each time and holds at least 128 random bits', () => {
    const { issue } = challengesWith();
    const nonces = Array.from({ length: 100 }, () => issue(scope).subarray(0, 24).toString('hex'));
    expect(new Set(nonces).size).toBe(100);
  });

  it('is redeemed once', async () => {
    const { issue, redeem } = challengesWith();
    const challenge = issue(scope);
    expect(await redeem(challenge, scope)).toBe('redeemed');
    expect(await redeem(challenge, scope)).toBe('spent');
  });

  it('is redeemed once of 50 times at the same moment', async () => {
    const { issue, redeem } = challengesWith();
    const challenge = issue(scope);
    const redemptions = await Promise.all(Array.from({ length: 50 }, () => redeem(challenge, scope)));
    expect(redemptions.toSorted()).toEqual(['redeemed', ...Array.from({ length: 49 }, () => 'spent')]);
  });

  it.each([
    ['another ceremony', { ...scope, ceremony: 'registration' }],
    ['another place', { ...scope, binding: 'login:two' }],
    ['a longer binding', { ...scope, binding: 'login:one ' }],
  ] as const)('is unknown in %s, and not used up by it', async (_, other) => {
    const { issue, redeem } = challengesWith();
    const challenge = issue(scope);
    expect(await redeem(challenge, other)).toBe('unknown');
    expect(await redeem(challenge, scope)).toBe('redeemed');
  });

  it('is unknown where it was changed, cut, lengthened, or made with another key', async () => {
    const { issue, redeem } = challengesWith();
    const challenge = issue(scope);
    for (const at of [0, 24, 31, 32, 63]) {
      const changed = Buffer.from(challenge);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(await redeem(changed, scope)).toBe('unknown');
    }
    expect(await redeem(challenge.subarray(0, 63), scope)).toBe('unknown');
    expect(await redeem(Buffer.concat([challenge, Buffer.alloc(1)]), scope)).toBe('unknown');
    expect(await redeem(Buffer.alloc(0), scope)).toBe('unknown');
    expect(await redeem(challengesWith({ key: Buffer.alloc(32, 2) }).issue(scope), scope)).toBe('unknown');
  });

  it('is good for ten minutes', async () => {
    const { issue, redeem, clock } = challengesWith();
    const challenges = [issue(scope), issue(scope)];
    clock.passSeconds(599);
    expect(await redeem(challenges[0] ?? Buffer.alloc(0), scope)).toBe('redeemed');
    clock.passSeconds(1);
    expect(await redeem(challenges[1] ?? Buffer.alloc(0), scope)).toBe('expired');
  });

  it('is remembered longer than the slowest clock believes in it', async () => {
    const remembered: Date[] = [];
    const { issue, redeem, clock } = challengesWith({
      markOnce: async (_, expiresAt) => {
        remembered.push(expiresAt);
        return true;
      },
    });
    await redeem(issue(scope), scope);
    expect(remembered).toEqual([new Date(clock.now().getTime() + 900_000)]);
  });
});
