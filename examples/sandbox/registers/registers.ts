import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import Router from '@koa/router';
import Koa, { type Context } from 'koa';
import getRawBody from 'raw-body';
import { pickLanguage } from '../../shared/language.ts';
import { listen } from '../../shared/listen.ts';
import { registerAnswer, searchAnswer } from './french-register.ts';
import type { SandboxOrganization } from './organization.ts';
import { asRegistered, isRegisterFault, type RegisterFault } from './register-faults.ts';
import { registersPage } from './registers-page.ts';
import { notInVietnam, vietnameseAnswer } from './vietnamese-register.ts';

export type RegistersOptions = {
  /** 0 takes a free one. */
  readonly port: number;
  readonly organizations: readonly SandboxOrganization[];
  /** Who may ask the French national register. */
  readonly rne: { readonly username: string; readonly password: string };
  /** How late an answer comes under the fault `slow`: half a minute unless told. */
  readonly slowAnswerMs?: number;
};

export type Registers = {
  readonly origin: string;
  /** What is wrong from now on with one organization's answers, or with all that have no fault of their own. */
  readonly setFault: (fault: RegisterFault, number?: string) => void;
  readonly close: () => Promise<void>;
};

type Answer = { readonly status: 200 | 404; readonly body: unknown };
type Shape = (
  organization: SandboxOrganization | undefined,
  said: { readonly updatedAt: Date; readonly masked: boolean },
) => Answer;

const host = '127.0.0.1';
const aLongTimeMs = 400 * 86_400_000;
const token = 'the-token-of-a-pretend-register';
const policy = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const inVietnam: Shape = (organization, said) =>
  organization ? { status: 200, body: vietnameseAnswer(organization, said) } : { status: 404, body: notInVietnam };
const inSearch: Shape = (organization, said) => ({ status: 200, body: searchAnswer(organization, said) });
const inNationalRegister: Shape = (organization, said) =>
  organization
    ? { status: 200, body: registerAnswer(organization, said) }
    : { status: 404, body: { code: 404, message: 'Not Found' } };

async function readBody(ctx: Context): Promise<string> {
  return getRawBody(ctx.req, { limit: '16kb', encoding: 'utf8' });
}

async function readJson(ctx: Context): Promise<Readonly<Record<string, unknown>>> {
  try {
    return Object(JSON.parse(await readBody(ctx)));
  } catch {
    return ctx.throw(400);
  }
}

/** Pretend business registers, on this machine only: a Vietnamese one, and two in the shapes of French ones. */
export async function startRegisters(options: RegistersOptions): Promise<Registers> {
  const { organizations, rne, slowAnswerMs = 30_000 } = options;
  const listening = await listen({ host, port: options.port });
  const { port } = listening;
  const origin = `http://localhost:${port}`;
  const closing = new AbortController();
  const faults = new Map<string, RegisterFault>();
  let standing: RegisterFault = 'none';

  function setFault(fault: RegisterFault, number?: string): void {
    if (number === undefined) standing = fault;
    else if (fault === 'none') faults.delete(number);
    else faults.set(number, fault);
  }

  /** @returns whether the register still answers */
  async function suffer(ctx: Context, fault: RegisterFault): Promise<boolean> {
    switch (fault) {
      case 'down':
        ctx.respond = false;
        ctx.req.socket.destroy();
        return false;
      case 'error':
        ctx.status = 500;
        ctx.body = { message: 'Internal Server Error' };
        return false;
      case 'html':
        ctx.type = 'html';
        ctx.body = '<!doctype html><title>Maintenance</title><p>Be right back.';
        return false;
      case 'too-many':
        ctx.status = 429;
        ctx.set('retry-after', '30');
        ctx.body = { message: 'Too Many Requests' };
        return false;
      case 'slow':
        await sleep(slowAnswerMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
        return true;
      default:
        return true;
    }
  }

  async function answer(
    ctx: Context,
    { register, number, shape }: { readonly register: 'vn' | 'fr'; readonly number: string; readonly shape: Shape },
  ): Promise<void> {
    const fault = faults.get(number) ?? standing;
    if (!(await suffer(ctx, fault))) return;
    const known = organizations.find((one) => one.register === register && one.number === number);
    const updatedAt = new Date(Date.now() - (fault === 'stale' ? aLongTimeMs : 0));
    const { status, body } = shape(known && asRegistered(known, fault), { updatedAt, masked: fault === 'masked' });
    ctx.status = status;
    ctx.body = body;
  }

  const stylesheet = readFile(new URL('../sandbox.css', import.meta.url));
  const router = new Router();
  router.post('/vn/tra-cuu', async (ctx) => {
    const { MaSo } = await readJson(ctx);
    await answer(ctx, { register: 'vn', number: String(MaSo), shape: inVietnam });
  });
  router.get('/fr/search', (ctx) =>
    answer(ctx, { register: 'fr', number: String(ctx.query['q'] ?? ''), shape: inSearch }),
  );
  router.post('/fr/rne/api/sso/login', async (ctx) => {
    const { username, password } = await readJson(ctx);
    const isKnown = username === rne.username && password === rne.password;
    ctx.status = isKnown ? 200 : 401;
    ctx.body = isKnown ? { token } : { code: 401, message: 'Invalid credentials.' };
  });
  router.get('/fr/rne/api/companies/:siren', async (ctx) => {
    if (ctx.get('authorization') === `Bearer ${token}`) {
      return answer(ctx, { register: 'fr', number: ctx.params['siren'] ?? '', shape: inNationalRegister });
    }
    ctx.status = 401;
    ctx.body = { code: 401, message: 'JWT Token not found' };
  });
  router.get('/', (ctx) => {
    const language = pickLanguage([ctx.query['lang']], ctx.get('accept-language'));
    ctx.type = 'html';
    ctx.body = registersPage({ language, organizations, faultOf: (number) => faults.get(number), standing });
  });
  router.post('/fault', async (ctx) => {
    // Another website's form would carry another word here, or none.
    if (ctx.get('sec-fetch-site') !== 'same-origin') ctx.throw(403);
    const form = new URLSearchParams(await readBody(ctx));
    const [fault, number] = [form.get('fault'), form.get('organization_number')];
    if (!isRegisterFault(fault)) ctx.throw(400);
    else setFault(fault, number || undefined);
    ctx.redirect('/');
    ctx.status = 303;
  });
  router.get('/sandbox.css', async (ctx) => {
    ctx.type = 'css';
    ctx.body = await stylesheet;
  });

  const app = new Koa();
  app.use(async (ctx, next) => {
    // Any website can point a name of its own at this machine.
    if (ctx.host !== new URL(origin).host && ctx.host !== `${host}:${port}`) ctx.throw(421);
    ctx.set({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    await next();
  });
  app.use(router.routes());
  listening.answerWith(app.callback());

  return {
    origin,
    setFault,
    async close() {
      closing.abort();
      await listening.close();
    },
  };
}
