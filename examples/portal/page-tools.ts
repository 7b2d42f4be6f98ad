import type { Context } from 'koa';
import type { Ask } from './asks.ts';
import type { Session } from './session.ts';
import type { Return } from './sign-in.ts';
import type { View } from './views/layout.ts';
import type { Problem } from './views/problem.ts';

/** What every page of this portal works with. */
export type PageTools = {
  readonly viewFor: (ctx: Context) => View;
  readonly currentSession: (ctx: Context) => Session | undefined;
  readonly showProblem: (ctx: Context, problem: Problem) => void;
  readonly seeOther: (ctx: Context, location: string) => void;
  readonly readForm: (ctx: Context) => Promise<URLSearchParams>;
  readonly isOwnForm: (form: URLSearchParams, session: Session) => boolean;
  /** Sends the browser to the provider. */
  readonly beginSignIn: (ctx: Context, ask: Ask, back: Return) => Promise<void>;
};
