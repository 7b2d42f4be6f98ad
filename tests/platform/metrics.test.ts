import { describe, expect, it } from '@jest/globals';
import { createMetrics } from '../../src/platform/metrics.ts';

describe('metrics', () => {
  it('time requests by route template, method and class of status', async () => {
    const metrics = createMetrics();
    metrics.httpRequest({ method: 'GET', route: '/interaction/:uid', status: 303, durationSeconds: 0.02 });
    expect(await metrics.text()).toContain(
      'http_request_duration_seconds_bucket{le="0.025",method="GET",route="/interaction/:uid",status_class="3xx"} 1',
    );
  });

  it('stay bounded, whatever methods and routes come in', async () => {
    const metrics = createMetrics();
    for (let n = 0; n < 1000; n += 1) {
      metrics.httpRequest({ method: `M${n}`, route: `/${n}`, status: 404, durationSeconds: 0.1 });
    }
    metrics.httpRequest({ method: 'GET', route: undefined, status: 404, durationSeconds: 0.1 });
    const counts = (await metrics.text())
      .split('\n')
      .filter((l) => l.startsWith('http_request_duration_seconds_count'));
    expect(counts.length).toBeLessThanOrEqual(202);
    expect(counts).toContain(
      'http_request_duration_seconds_count{method="other",route="other",status_class="4xx"} 800',
    );
  });

  it('read the pool when they are read', async () => {
    const metrics = createMetrics();
    let idle = 8;
    metrics.observePool(() => ({ total: 10, idle, waiting: 0 }));
    expect(await metrics.text()).toContain('database_pool_connections{state="in-use"} 2');
    idle = 1;
    expect(await metrics.text()).toContain('database_pool_connections{state="in-use"} 9');
  });

  it('count refused password checks, jobs and mails, and show event loop lag', async () => {
    const metrics = createMetrics();
    metrics.passwordRefused();
    metrics.eidAnswered('vneid', 'unavailable');
    metrics.jobRun('mail', 'failed');
    metrics.mailSent('deferred');
    const text = await metrics.text();
    expect(text).toContain('password_queue_refused_total 1');
    expect(text).toContain('jobs_total{job="mail",outcome="failed"} 1');
    expect(text).toContain('mails_total{outcome="deferred"} 1');
    expect(text).toContain('eid_answers_total{source="vneid",outcome="unavailable"} 1');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });
});
