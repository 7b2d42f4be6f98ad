import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { answerOf, type Reading, reading } from './ask-register.ts';
import { type Company, companyForm, readEntity, readRepresentatives } from './fr-rne-company.ts';
import type { Register } from './legal-entity.ts';
import type { RegisterLine, RegisterReply } from './register-line.ts';

export type RneCredentials = { readonly username: string; readonly password: string };

const tokenForm = z.object({ token: z.string().min(1).max(8192) });

/** After a refusal; asking again and again with a wrong password would lock the account. */
const restAfterRefusalSeconds = 300;

/** INPI's national register of enterprises: who has which power, with full dates of birth. A token is kept until refused. */
export function createRne(
  key: string,
  line: RegisterLine,
  { credentials, clock }: { readonly credentials: RneCredentials; readonly clock: Clock },
): Register {
  let signingIn: Promise<string | undefined> | undefined;
  let refusedAtMs = Number.NEGATIVE_INFINITY;

  async function signIn(): Promise<string | undefined> {
    const reply = await line.ask({ path: 'api/sso/login', body: credentials });
    const parsed = reply.kind === 'answered' && reply.status === 200 ? tokenForm.safeParse(reply.json) : undefined;
    if (parsed?.success) return parsed.data.token;
    signingIn = undefined;
    if (reply.kind === 'answered') {
      line.complain('credentials-refused');
      refusedAtMs = clock.now().getTime();
    }
    return undefined;
  }

  function currentToken(): Promise<string | undefined> | undefined {
    if (clock.now().getTime() - refusedAtMs < restAfterRefusalSeconds * 1000) return undefined;
    signingIn ??= signIn();
    return signingIn;
  }

  async function ask(siren: string): Promise<RegisterReply> {
    const mine = currentToken();
    const token = await mine;
    if (token === undefined) return { kind: 'unavailable' };
    const reply = await line.ask({
      path: `api/companies/${siren}`,
      headers: { authorization: `Bearer ${token}` },
    });
    // Only the token that was refused: another question may have brought a new one meanwhile.
    if (reply.kind === 'answered' && reply.status === 401 && signingIn === mine) signingIn = undefined;
    return reply;
  }

  async function find<Value>(siren: string, read: (company: Company) => Reading<Value> | undefined) {
    const first = await ask(siren);
    const isTokenOver = first.kind === 'answered' && first.status === 401;
    const reply = isTokenOver ? await ask(siren) : first;
    const readers = {
      200: reading(
        companyForm.refine((company) => company.siren === siren),
        read,
      ),
      404: (): Reading<Value> => ({ kind: 'not-found' }),
    };
    return answerOf(reply, { source: key, line, readers });
  }

  return {
    key,
    schemes: ['fr-siren'],
    findLegalEntity: ({ value }) => find(value, readEntity),
    listRepresentatives: ({ value }) => find(value, readRepresentatives),
  };
}
