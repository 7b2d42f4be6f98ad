import { randomBytes } from 'node:crypto';
import { createPasswordHasher } from '../src/authenticators/password.ts';
import { closedLoop } from './load.ts';

/** What the hash alone allows on these cores: as many verifications a second as two at once give. */
export async function hashesPerSecond({ hashes }: { readonly hashes: number }): Promise<number> {
  const peppers = [{ id: 'bench-1', secret: randomBytes(32) }] as const;
  const hasher = createPasswordHasher({ peppers, maxInFlight: 2, maxQueued: 0 });
  const verify = async () => {
    await hasher.withRoom((verify) => verify(undefined, 'a password that nobody has'));
  };
  const { perSecond } = await closedLoop(verify, { flows: hashes, concurrency: 2 });
  return perSecond;
}
