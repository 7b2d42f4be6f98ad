import type { Context } from 'koa';
import { parseEmailAddress } from '../accounts/email-address.ts';
import { parseForm } from '../http/forms.ts';
import type { Pages } from '../http/pages.ts';
import type { CodeSteps } from './code-steps.ts';
import { emailForm } from './interaction.forms.ts';
import type { LoginPages } from './login-pages.ts';
import type { OpenLogin } from './open-login.ts';

export type EmailStepOptions = {
  readonly page: 'accounts/register-email' | 'accounts/recover-email';
  readonly pages: LoginPages;
  /** Of the journey in this login: its first page, and under it the page for the code. */
  readonly pathOf: (login: OpenLogin) => string;
  readonly start: CodeSteps['start'];
};

type Shown = Pick<Pages['accounts/register-email'], 'email' | 'problem'>;

export type EmailStep = {
  readonly show: (ctx: Context, login: OpenLogin, shown?: Shown) => void;
  readonly submit: (ctx: Context, login: OpenLogin) => Promise<void>;
  /** The code of this journey is over: whoever just sent something is told, who only looks goes to the first page. */
  readonly startOver: (ctx: Context, login: OpenLogin) => void;
};

/** After the path of a login: its sign-in page, whatever the hub would show. */
export const signInSuffix = '/sign-in';

/** The first step of a journey with a mailed code: the address it goes to. */
export function createEmailStep({ page, pages, pathOf, start }: EmailStepOptions): EmailStep {
  const show: EmailStep['show'] = (ctx, login, shown = {}) => {
    const frame = { action: pathOf(login), signInUrl: `${login.path}${signInSuffix}` };
    pages.show(ctx, login, { name: page, selfUrl: pathOf(login), data: { ...frame, ...shown } });
  };
  return {
    show,
    async submit(ctx, login) {
      const { fields, isStale } = await pages.readStep(ctx, login);
      const typed = parseForm(emailForm, fields)?.email;
      if (isStale) return show(ctx, login, { email: typed, problem: { kind: 'expired-form' } });
      const email = typed === undefined ? undefined : parseEmailAddress(typed);
      if (!email) return show(ctx, login, { email: typed, problem: { kind: 'malformed-email' } });
      const started = await start(ctx, login, email);
      if (started.kind === 'throttled') return show(ctx, login, { email: typed, problem: started });
      pages.goTo(ctx, `${pathOf(login)}/code`);
    },
    startOver(ctx, login) {
      if (ctx.method === 'GET') pages.goTo(ctx, pathOf(login));
      else show(ctx, login, { problem: { kind: 'code-over' } });
    },
  };
}
