import type { KoaContextWithOIDC } from 'oidc-provider';

const begun = Symbol('writes that must stand before the answer leaves');

type State = { [begun]?: Promise<void>[] };

/**
 * For a write that nothing else in this request waits for: the engine goes on meanwhile, and the answer leaves only when
 * it stands. A fault answers the request.
 */
export function beforeAnswer(ctx: KoaContextWithOIDC, write: Promise<unknown>): void {
  const state = ctx.state as State;
  const noted = write.then(() => undefined);
  // It is heard when the answer waits for it; until then nobody listens.
  noted.catch(() => undefined);
  state[begun] = [...(state[begun] ?? []), noted];
}

/** Holds the engine's answer back until everything begun stands. */
export async function holdAnswer(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  await Promise.all((ctx.state as State)[begun] ?? []);
}
