import type { KoaContextWithOIDC } from 'oidc-provider';
import type { RecordAlone } from '../audit/audit-log.ts';
import { requestContextOf } from '../http/request-context.ts';
import type { Acting } from './acting.ts';
import { beforeAnswer } from './before-answer.ts';
import type { FindPerson, Person, PersonAccount } from './find-account.ts';
import { releasedClaims } from './release.ts';

export type ProtocolEventsDependencies = {
  readonly recordAlone: RecordAlone;
  readonly findPerson: FindPerson;
  readonly principalOf: Acting['principalOf'];
};

type Frame = {
  readonly version: 1;
  readonly actor: `account:${string}`;
  readonly about: { readonly accountId: string; readonly dataKey: Awaited<ReturnType<Person['dataKey']>> };
  readonly referenceId: string;
  readonly personal: { readonly ip: string };
};

async function frameOf(ctx: KoaContextWithOIDC, person: Person): Promise<Frame> {
  const { referenceId, source } = requestContextOf(ctx);
  const { accountId } = person;
  const about = { accountId, dataKey: await person.dataKey() };
  return { version: 1, actor: `account:${accountId}`, about, referenceId, personal: { ip: source } };
}

/**
 * What the person can later read of what happened in the engine: each sign-on to a portal, with what it was told, and
 * each sign-out. Written before the answer leaves, so that no portal knows somebody without a trace.
 */
export function createProtocolEvents({ recordAlone, findPerson, principalOf }: ProtocolEventsDependencies) {
  async function recordSignOn(ctx: KoaContextWithOIDC): Promise<void> {
    const { client, account, acr, amr } = ctx.oidc;
    if (!client || !account) return;
    const frame = await frameOf(ctx, (account as PersonAccount).person);
    const details = { acr: acr ?? 'self', amr: amr ?? [], claims: releasedClaims(ctx) };
    const principal = principalOf(ctx);
    const where = { clientId: client.clientId, ...(principal && { principal }) };
    await recordAlone({ ...frame, ...where, kind: 'portal-signed-on', details });
  }

  async function recordSignOut(ctx: KoaContextWithOIDC, accountId: string): Promise<void> {
    const person = await findPerson(accountId);
    if (!person) return;
    const frame = await frameOf(ctx, person);
    const everywhere = Boolean(ctx.oidc.params?.['logout']);
    await recordAlone({ ...frame, kind: 'logged-out', details: { everywhere } });
  }

  return {
    signedOn(ctx: KoaContextWithOIDC): void {
      if (ctx.oidc.entities.AuthorizationCode) beforeAnswer(ctx, recordSignOn(ctx));
    },
    async watchSignOut(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
      await next();
      if (!('oidc' in ctx)) return;
      const { route, session } = ctx.oidc;
      const signedOut = route === 'end_session_confirm' && ctx.status === 303;
      if (signedOut && session?.accountId !== undefined) await recordSignOut(ctx, session.accountId);
    },
  };
}
