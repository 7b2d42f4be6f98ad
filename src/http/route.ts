import type { Context } from 'koa';

/**
 * Who may use a route. Refuses by throwing; what it resolves to is all the handler knows of the caller.
 * A route can't be made without one.
 */
export type Policy<Caller> = { readonly name: string; readonly admit: (ctx: Context) => Promise<Caller> };

export type Route = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly policy: string;
  readonly run: (ctx: Context) => Promise<void>;
};

/** Anybody, signed in or not. */
export const everybody: Policy<undefined> = { name: 'everybody', admit: async () => undefined };

export function route<Caller>(options: {
  readonly method: Route['method'];
  readonly path: string;
  readonly policy: Policy<Caller>;
  readonly handle: (ctx: Context, caller: Caller) => Promise<void>;
}): Route {
  const { method, path, policy, handle } = options;
  return { method, path, policy: policy.name, run: async (ctx) => handle(ctx, await policy.admit(ctx)) };
}
