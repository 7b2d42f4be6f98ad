import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import type { Client, Interaction, KoaContextWithOIDC } from 'oidc-provider';
import { type LoginTransaction, loginTransactionId } from '../authentication/login-transaction.ts';
import type { Authentication } from '../authentication/module.ts';
import { preferLocale } from '../http/request-context.ts';
import type { Policy } from '../http/route.ts';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { RequestParams } from './requested-login.ts';

/** A login in progress, in the browser it began in. */
export type OpenLogin = {
  readonly uid: string;
  readonly interaction: Interaction;
  /** Whoever is signed in here: when it began, or in another tab since. */
  readonly session: Interaction['session'];
  readonly params: RequestParams;
  readonly client: Client;
  /** Undefined where nothing was done yet. */
  readonly login: LoginTransaction | undefined;
  /** The path all steps of this login lie under. */
  readonly path: string;
};

/** The browser has no such login: it ended, it expired, or it began in another browser. @see gone-back.ts */
export class LoginNotOpen extends AppError<'interaction-expired'> {
  readonly uid: string;

  constructor(uid: string) {
    super('interaction-expired');
    this.uid = uid;
  }
}

export type OpenLoginDependencies = {
  readonly provider: () => Provider;
  readonly logins: Authentication['logins'];
  readonly clock: Clock;
};

/**
 * Admits to a step of a login only the browser that began it: the interaction's cookie is bound to its path, signed, and
 * must name the very interaction of the address.
 */
export function createOpenLoginPolicy({ provider, logins, clock }: OpenLoginDependencies): Policy<OpenLogin> {
  async function interactionOf(ctx: Context, uid: string): Promise<Interaction> {
    try {
      return await provider().interactionDetails(ctx.req, ctx.res);
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'SessionNotFound') throw new LoginNotOpen(uid);
      throw cause;
    }
  }

  /** Whoever signed in in another tab since this login began is as good as there from its start. */
  async function sessionOf(ctx: Context, interaction: Interaction): Promise<OpenLogin['session']> {
    if (interaction.session !== undefined) return interaction.session;
    const { uid, accountId, amr } = await provider().Session.get(ctx as unknown as KoaContextWithOIDC);
    return accountId === undefined ? undefined : ({ uid, accountId, amr } as OpenLogin['session']);
  }

  return {
    name: 'open-login',
    async admit(ctx) {
      const uid = String(ctx['params'].uid);
      const interaction = await interactionOf(ctx, uid);
      if (interaction.uid !== uid) throw new LoginNotOpen(uid);
      const session = await sessionOf(ctx, interaction);
      const params = interaction.params as RequestParams;
      preferLocale(ctx, typeof params['ui_locales'] === 'string' ? params['ui_locales'] : undefined);
      const client = await provider().Client.find(String(params['client_id']));
      if (!client) throw new LoginNotOpen(uid);
      const login = await logins.find({ id: loginTransactionId(uid), at: clock.now() });
      return { uid, interaction, session, params, client, login, path: `/interaction/${uid}` };
    },
  };
}
