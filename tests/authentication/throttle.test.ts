import { describe, expect, it } from '@jest/globals';
import {
  createThrottleKeys,
  failuresInARow,
  judgeReservation,
  type Reservation,
  sourceOf,
  waitSecondsAfter,
} from '../../src/authentication/throttle.ts';

const now = new Date('2026-11-22T03:00:00Z');
const refused: Reservation = {
  reserved: false,
  sourceIsFull: false,
  sourceFreesAt: null,
  failures: 0,
  blockedUntil: null,
};

describe('How long anyone waits', () => {
  it('is not at all for five failures, then doubles to 15 minutes', () => {
    const waits = Array.from({ length: 18 }, (_, failures) => waitSecondsAfter(failures, 'anyone'));
    expect(waits).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    expect(waitSecondsAfter(failuresInARow, 'anyone')).toBe(900);
  });

  it.each(['known-device', 'mailed-code'] as const)('%s has a hundred of its own without waiting', (kind) => {
    expect(failuresInARow).toBe(100);
    expect(waitSecondsAfter(99, kind)).toBe(0);
  });
});

describe('Reading a reservation', () => {
  it.each([
    [{ reserved: true }, { kind: 'go-on' }],
    [{ blockedUntil: new Date(now.getTime() + 1500) }, { kind: 'wait', retryAfterSeconds: 2 }],
    [{ failures: 100 }, { kind: 'spent' }],
    [{ failures: 99 }, { kind: 'wait', retryAfterSeconds: 1 }],
    [
      { sourceIsFull: true, failures: 100, sourceFreesAt: new Date(now.getTime() + 60_000) },
      { kind: 'wait', retryAfterSeconds: 60 },
    ],
    [{ blockedUntil: new Date(now.getTime() - 1500) }, { kind: 'wait', retryAfterSeconds: 1 }],
  ] as const)('%j is %j', (found, decision) => {
    expect(judgeReservation({ ...refused, ...found }, now)).toEqual(decision);
  });
});

describe('A source', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7', 100],
    ['::ffff:203.0.113.7', '203.0.113.7', 100],
    ['2001:db8:1:2:3:4:5:6', '20010db800010002', 50],
    ['2001:db8:1:2::1', '20010db800010002', 50],
    ['2001:db8:1:3::1', '20010db800010003', 50],
  ])('%s is %s with room for %d identifiers', (ip, network, mostIdentifiers) => {
    expect(sourceOf(ip)).toMatchObject({ network, mostIdentifiers });
  });
});

describe('The keys of what is counted', () => {
  const keys = createThrottleKeys(Buffer.alloc(32, 7));
  const lan = keys.identifier('lan@mail.example');

  it('differ by identifier, kind, device and source', () => {
    const all = [
      keys.bucket(lan, { kind: 'anyone' }),
      keys.bucket(lan, { kind: 'known-device', device: 'a' }),
      keys.bucket(lan, { kind: 'known-device', device: 'b' }),
      keys.bucket(lan, { kind: 'mailed-code' }),
      keys.bucket(keys.identifier('minh@mail.example'), { kind: 'anyone' }),
      keys.source(sourceOf('203.0.113.7')),
      keys.source(sourceOf('203.0.113.8')),
      lan,
    ];
    expect(new Set(all.map((key) => key.toString('hex'))).size).toBe(all.length);
  });

  it('tell nothing without the secret', () => {
    expect(createThrottleKeys(Buffer.alloc(32, 8)).identifier('lan@mail.example')).not.toEqual(lan);
  });
});
