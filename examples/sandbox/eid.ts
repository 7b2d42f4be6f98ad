import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import Router from '@koa/router';
import type { LocalizedText } from '../shared/language.ts';
import { type Listening, listen } from '../shared/listen.ts';
import { createEngine, type EidClient } from './eid-engine.ts';
import type { EidStyle } from './eid-style.ts';
import { createEnginePages } from './engine-pages.ts';
import { isOutage, type LoginFault, type Outage } from './faults.ts';
import { createFindAccount, isChosenFault } from './find-account.ts';
import { createGuard } from './guard.ts';
import { createLogins } from './logins.ts';
import { aboutPage } from './pages/about.ts';
import type { EidPerson } from './person.ts';
import { createSignInRoutes } from './sign-in.routes.ts';
import { answerPage, createViewFor, type ViewFor } from './view.ts';

export type EidOptions = {
  /** Apart from every other eID; in cookie names: letters, digits, dashes. */
  readonly key: string;
  readonly name: LocalizedText;
  /** 0 takes a free one. */
  readonly port: number;
  readonly clients: readonly EidClient[];
  readonly people: readonly EidPerson[];
};

export type Eid = {
  readonly issuer: string;
  /** From now on, until it is changed. @see Sandbox.setFault */
  readonly setFault: (fault: LoginFault | Outage) => Promise<void>;
  readonly close: () => Promise<void>;
};

const host = '127.0.0.1';

function createPublicRoutes(viewFor: ViewFor, people: readonly EidPerson[]): Router {
  const stylesheet = readFile(new URL('./sandbox.css', import.meta.url));
  const router = new Router();
  router.get('/', (ctx) => answerPage(ctx, aboutPage(viewFor(ctx), people)));
  router.get('/sandbox.css', async (ctx) => {
    ctx.type = 'css';
    ctx.body = await stylesheet;
  });
  return router;
}

/** One pretend eID, on this machine only. @throws Error with one clear sentence when the port is taken. */
export async function startEid(
  style: EidStyle,
  { options, slowAnswerMs }: { readonly options: EidOptions; readonly slowAnswerMs: number },
): Promise<Eid> {
  const { key, clients, people } = options;
  const now = (): Date => new Date();
  const closing = new AbortController();
  let listening: Listening | undefined = await listen({ host, port: options.port });
  const { port } = listening;
  const issuer = `http://localhost:${port}`;
  let standing: LoginFault | Outage = 'none';

  const logins = createLogins();
  const viewFor = createViewFor({ type: style.type, name: options.name });
  const pages = createEnginePages(viewFor);
  const findAccount = createFindAccount({ style, people, logins, slowAnswerMs, closing: closing.signal });
  const provider = await createEngine({ key, issuer, style, clients, findAccount, pages, now });
  provider.on('server_error', (_ctx, fault) => {
    if (!isChosenFault(fault)) console.error(fault);
  });
  const signIn = createSignInRoutes({
    ...{ provider, style, people, logins, viewFor, now },
    standingFault: () => (isOutage(standing) ? 'none' : standing),
  });
  const visited = clients.flatMap(({ redirectUris, postLogoutRedirectUris }) => [
    ...redirectUris,
    ...postLogoutRedirectUris,
  ]);
  const layers = [
    createGuard({ issuer, redirectUris: visited }),
    createPublicRoutes(viewFor, people).routes(),
    signIn.routes(),
    pages.withoutScript,
  ];
  for (const layer of layers) provider.use(layer as Parameters<typeof provider.use>[0]);
  const engine = provider.callback();

  const answer: RequestListener = (request, response) => {
    if (standing !== 'hanging') void engine(request, response);
  };
  listening.answerWith(answer);

  return {
    issuer,
    async setFault(fault) {
      standing = fault;
      if (fault === 'refusing') {
        await listening?.close();
        listening = undefined;
        return;
      }
      if (listening) return;
      listening = await listen({ host, port });
      listening.answerWith(answer);
    },
    async close() {
      closing.abort();
      await listening?.close();
    },
  };
}
