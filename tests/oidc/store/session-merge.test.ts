import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AdapterPayload } from 'oidc-provider';
import { anId, type StorePair, storePair } from '../../support/store-pair.ts';

const rounds = 50;
const day = 24 * 3600;
let pair: StorePair;

beforeAll(async () => {
  pair = await storePair();
});
afterAll(() => pair.close());

type Session = AdapterPayload & { authorizations: Record<string, Record<string, unknown>> };

const adapter = (turn: number) => pair.store(turn).adapterOf('Session');

async function read(turn: number, id: string): Promise<Session> {
  const found = await adapter(turn).find(id);
  if (!found) throw new Error('no session');
  return found as Session;
}

const save = (turn: number, id: string, session: AdapterPayload) => adapter(turn).upsert(id, session, day);

async function signedIn(session: Partial<AdapterPayload> = {}): Promise<string> {
  const id = anId();
  const authorizations = { tax: { sid: 'tax-sid', grantId: 'tax-grant' } };
  const login = { accountId: 'lan', loginTs: 1000, amr: ['first'] };
  await save(0, id, { kind: 'Session', jti: id, uid: anId(), exp: 1, ...login, authorizations, ...session });
  return id;
}

/** Two requests that read the same session, changed it each in its way, and saved it at the same moment. */
async function meanwhile(id: string, ...changes: readonly ((session: Session) => void)[]): Promise<Session> {
  const sessions = await Promise.all(changes.map((_, turn) => read(turn, id)));
  for (const [turn, change] of changes.entries()) change(sessions[turn] as Session);
  await Promise.all(sessions.map((session, turn) => save(turn, id, session)));
  return read(0, id);
}

describe('A3: parallel requests keep what the others changed', () => {
  it('sign-ons at eight portals', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const id = await signedIn();
      const clients = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
      const signOns = clients.map((client) => (session: Session) => {
        session.authorizations[client] = { sid: client };
      });
      const { authorizations } = await meanwhile(id, ...signOns);
      expect(Object.keys(authorizations).sort()).toEqual([...clients, 'tax']);
    }
  });

  it('a sign-out of one portal and a sign-on at another', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { authorizations } = await meanwhile(
        await signedIn(),
        (session) => {
          delete session.authorizations['tax'];
        },
        (session) => {
          session.authorizations['health'] = { sid: 'health-sid' };
        },
      );
      expect(authorizations).toEqual({ health: { sid: 'health-sid' } });
    }
  });

  it('a sign-out of one portal wins over a change of its entry, and a later sign-on begins anew', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const id = await signedIn();
      const after = await meanwhile(
        id,
        (session) => {
          delete session.authorizations['tax'];
        },
        (session) => {
          Object.assign(session.authorizations['tax'] ?? {}, { persistsLogout: true });
        },
      );
      expect(after.authorizations).toEqual({});
      after.authorizations['tax'] = { sid: 'new-sid' };
      await save(1, id, after);
      expect((await read(0, id)).authorizations).toEqual({ tax: { sid: 'new-sid' } });
    }
  });

  it.each([
    [1005, 1009],
    [1009, 1005],
  ])('of two logins the newer one (%d, %d)', async (...logins) => {
    for (let round = 0; round < rounds; round += 1) {
      const after = await meanwhile(
        await signedIn(),
        ...logins.map((loginTs) => (session: Session) => {
          Object.assign(session, { loginTs, amr: [String(loginTs)] });
        }),
      );
      expect(after).toMatchObject({ loginTs: 1009, amr: ['1009'] });
    }
  });

  it('a step-up in the second of the login is not undone by who read before it', async () => {
    const id = await signedIn();
    const [stepUp, other] = [await read(0, id), await read(1, id)];
    stepUp.amr = ['first', 'second'];
    await save(0, id, stepUp);
    await save(1, id, other);
    expect((await read(0, id)).amr).toEqual(['first', 'second']);
  });

  it('the question of a sign-out is not forgotten by who read before it, and an answered one is gone', async () => {
    const id = await signedIn();
    const [asking, other] = [await read(0, id), await read(1, id)];
    asking.state = { secret: 'xsrf' };
    await save(0, id, asking);
    await save(1, id, other);
    const answered = await read(0, id);
    expect(answered.state).toEqual({ secret: 'xsrf' });
    answered.state = undefined;
    await save(1, id, answered);
    expect(await read(0, id)).not.toHaveProperty('state');
  });

  it('another account that won takes nothing over, and the id of who lost leads nowhere', async () => {
    const anonymous = anId();
    const uid = anId();
    await save(0, anonymous, { kind: 'Session', jti: anonymous, uid, exp: 1, authorizations: {} });
    const [lan, minh] = [await read(0, anonymous), await read(1, anonymous)];
    const [lanId, minhId] = [anId(), anId()];
    Object.assign(lan, { accountId: 'lan', loginTs: 5, jti: lanId });
    lan.authorizations['tax'] = { sid: 'of Lan' };
    Object.assign(minh, { accountId: 'minh', loginTs: 6, jti: minhId });
    await save(1, minhId, minh);
    await save(0, lanId, lan);
    expect(await adapter(0).find(lanId)).toBeUndefined();
    expect(await adapter(0).find(anonymous)).toBeUndefined();
    expect(await read(0, minhId)).toMatchObject({ accountId: 'minh', authorizations: {} });
  });
});
