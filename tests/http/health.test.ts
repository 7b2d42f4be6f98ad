import { describe, expect, it } from '@jest/globals';
import { createHealth } from '../../src/http/health.ts';
import { createOperations } from '../../src/http/operations.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { httpServer } from '../support/local-server.ts';

const fine = async () => undefined;
const broken = async () => {
  throw new Error('password of the database: hunter2');
};
const silent = () => new Promise(() => undefined);

describe('readiness', () => {
  it('is when every check passes', async () => {
    expect(await createHealth({ database: fine, keys: fine }).readiness()).toEqual({ status: 'ready' });
  });

  it('names what fails or is silent for a second, and nothing more', async () => {
    expect(await createHealth({ database: silent, keys: broken, disk: fine }).readiness()).toEqual({
      status: 'not-ready',
      failing: ['database', 'keys'],
    });
  });

  it('asks once for a hundred who ask at the same time', async () => {
    let asked = 0;
    const health = createHealth({
      database: async () => {
        asked += 1;
      },
    });
    await Promise.all(Array.from({ length: 100 }, health.readiness));
    expect(asked).toBe(1);
  });

  it('ends with draining, whatever the checks say', async () => {
    const health = createHealth({ database: fine });
    await health.readiness();
    health.drain();
    expect(await health.readiness()).toEqual({ status: 'draining' });
  });
});

describe('the operations port', () => {
  async function operations(database: () => Promise<unknown>) {
    const health = createHealth({ database });
    const metrics = createMetrics();
    metrics.httpRequest({ method: 'GET', route: '/auth', status: 200, durationSeconds: 0.01 });
    return { health, ...(await httpServer(createOperations({ health, metrics }))) };
  }

  it('shows metrics, and that the process lives while its database does not', async () => {
    await using server = await operations(broken);
    const get = (path: string, init?: RequestInit) => fetch(`${server.origin}${path}`, init);
    const metrics = await get('/metrics');
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await metrics.text()).toContain('http_request_duration_seconds_count{method="GET",route="/auth"');
    expect((await get('/health/live')).status).toBe(200);
    const ready = await get('/health/ready?verbose=1');
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'not-ready', failing: ['database'] }]);
    expect((await get('/metrics', { method: 'POST' })).status).toBe(405);
    expect((await get('/')).status).toBe(404);
  });

  it('answers 503 from the moment draining begins', async () => {
    await using server = await operations(fine);
    expect((await fetch(`${server.origin}/health/ready`)).status).toBe(200);
    server.health.drain();
    const draining = await fetch(`${server.origin}/health/ready`);
    expect([draining.status, await draining.json()]).toEqual([503, { status: 'draining' }]);
  });
});
