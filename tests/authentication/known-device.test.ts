import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createKnownDevices, knownDeviceTtlSeconds } from '../../src/authentication/known-device.ts';

const devices = createKnownDevices(Buffer.alloc(32, 1));
const now = 1_795_000_000;
const lan = { identifier: 'lan@mail.example', now };
const minh = { identifier: 'minh@mail.example', now };

describe('The known-device cookie', () => {
  it('is known for the identifier that signed in, and for no other', () => {
    const cookie = devices.remember(undefined, lan);
    expect(devices.recognize(cookie, lan)).toEqual({
      id: expect.stringMatching(/^[\w-]{16}$/),
      signedInAt: new Date(now * 1000),
    });
    expect(devices.recognize(cookie, minh)).toBeUndefined();
    expect(devices.recognize(undefined, lan)).toBeUndefined();
  });

  it('keeps its id when the same person signs in again', () => {
    const cookie = devices.remember(undefined, lan);
    const again = devices.remember(cookie, { ...lan, now: now + 60 });
    expect(devices.recognize(again, lan)).toEqual({
      id: devices.recognize(cookie, lan)?.id,
      signedInAt: new Date((now + 60) * 1000),
    });
    expect(again.split('~')).toHaveLength(1);
  });

  it('serves five people of one browser, the latest first', () => {
    const people = Array.from({ length: 6 }, (_, index) => ({ identifier: `person${index}@mail.example`, now }));
    const cookie = people.reduce<string | undefined>((value, one) => devices.remember(value, one), undefined);
    expect(people.map((one) => devices.recognize(cookie, one) !== undefined)).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(cookie?.length).toBeLessThan(400);
    expect(cookie).not.toContain('person');
  });

  it('ends after half a year without a sign-in', () => {
    const cookie = devices.remember(undefined, lan);
    expect(devices.recognize(cookie, { ...lan, now: now + knownDeviceTtlSeconds })).toBeDefined();
    expect(devices.recognize(cookie, { ...lan, now: now + knownDeviceTtlSeconds + 1 })).toBeUndefined();
  });

  it('cannot be forged, dated forward or moved to another secret', () => {
    const cookie = devices.remember(undefined, lan);
    const [id, , mac] = cookie.split('.');
    expect(devices.recognize(`${id}.${now + 1}.${mac}`, lan)).toBeUndefined();
    expect(
      devices.recognize(
        cookie.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
        lan,
      ),
    ).toBeUndefined();
    expect(createKnownDevices(Buffer.alloc(32, 2)).recognize(cookie, lan)).toBeUndefined();
  });

  it('is a stranger’s for any other text', () => {
    fc.assert(
      fc.property(fc.string(), (cookie) => {
        expect(devices.recognize(cookie, lan)).toBeUndefined();
      }),
    );
  });
});
