import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Koa from 'koa';
import request from 'supertest';
import { isTransient } from '../../src/database/retry.ts';
import { createErrorPages } from '../../src/http/error-pages.ts';
import { createRenderer } from '../../src/http/render.ts';
import { requestContext } from '../../src/http/request-context.ts';
import { AppError } from '../../src/platform/app-error.ts';
import { createI18n } from '../../src/platform/i18n.ts';

const views = join(import.meta.dirname, '../../views');

/** An application that fails with `fault`, and what it wrote to the log. */
function failing(fault: unknown) {
  const logged: string[] = [];
  const errorPages = createErrorPages({
    renderer: createRenderer({
      viewsDirectory: views,
      i18n: createI18n({ directory: join(views, 'locales') }),
      deployment: { name: 'Định Danh' },
      assetVersion: 'test',
    }),
    isUnavailable: isTransient,
    logFault: (_fault, { referenceId }) => logged.push(referenceId),
  });
  const app = new Koa();
  app.use(requestContext({ secureCookies: false }));
  app.use(errorPages.middleware);
  app.use(() => {
    throw fault;
  });
  return { get: () => request(app.callback()).get('/').set('accept', 'text/html'), logged };
}

describe('a fault at the edge', () => {
  it('of the database is a pause: 503, when to come back, a way to begin again', async () => {
    const lost = Object.assign(new Error('terminating connection'), { code: '57P01' });
    const { get, logged } = failing(lost);
    const answer = await get();
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    expect(answer.text).toContain('href="/account"');
    expect(answer.text).toContain(logged[0] ?? 'nothing was logged');
  });

  it('of ours is a page with a reference and not a word of the fault', async () => {
    const { get, logged } = failing(new TypeError('the secret is 12345'));
    const answer = await get();
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('12345');
    expect(answer.text).toContain(logged[0] ?? 'nothing was logged');
  });

  it('with a code has the status of that code, and is nobody’s alarm', async () => {
    const { get, logged } = failing(new AppError('form-expired'));
    expect((await get()).status).toBe(403);
    expect(logged).toEqual([]);
  });
});
