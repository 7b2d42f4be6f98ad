import { describe, expect, it } from '@jest/globals';
import { vnconnectSample as sample } from '../support/eid-samples.ts';
import { eidWorld } from '../support/eid-trips.ts';

const inside = ['http://169.254.169.254/latest', 'http://10.0.0.1/', 'http://[fd00:ec2::254]/', 'http://0.0.0.0/'];
const endpoints = ['token_endpoint', 'userinfo_endpoint', 'jwks_uri'] as const;

describe('an eID that describes itself by addresses of our own network', () => {
  it.each(endpoints.flatMap((endpoint) => inside.map((address) => [endpoint, address] as const)))(
    'gets nothing sent to its %s %s, and is down',
    async (endpoint, address) => {
      await using world = await eidWorld(sample);
      world.eid.misbehave({ metadata: { [endpoint]: address } });
      const answer = await world.travel({ faults: { metadata: { [endpoint]: address } } });
      expect(answer).toEqual({ kind: 'unavailable' });
      expect(world.written.join('\n')).toContain('egress-address-refused');
    },
  );

  it('sends nobody anywhere where its own address leads inside', async () => {
    await using world = await eidWorld({
      ...sample,
      settings: { ...sample.settings, issuer: 'https://169.254.169.254' },
    });
    expect(await world.connector.depart({ ...world.newTrip(), locale: 'vi' })).toEqual({ kind: 'unavailable' });
    expect(world.eid.requests).toEqual([]);
  });
});
