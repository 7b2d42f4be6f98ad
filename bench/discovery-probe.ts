import { openLoop } from './load.ts';
import { createProviderClient, expectStatus } from './provider-client.ts';

/** Sent once; answered with a `LoadResult`. */
export type Probe = { readonly port: number; readonly perSecond: number; readonly seconds: number };

async function read({ port, perSecond, seconds }: Probe) {
  const client = createProviderClient({ port, connections: 16 });
  const discovery = async () => {
    expectStatus(await client.send({ path: '/.well-known/openid-configuration' }), 200);
  };
  // The first ones wait for this process to compile what sends them.
  await openLoop(discovery, { perSecond, seconds: 1 });
  const result = await openLoop(discovery, { perSecond, seconds });
  await client.close();
  return result;
}

process.once('message', (probe: Probe) => {
  void read(probe).then((result) => process.send?.(result, () => process.exit(0)));
});
