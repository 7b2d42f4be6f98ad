import type { RequestListener, ServerResponse } from 'node:http';
import type { Health } from './health.ts';

type Answer = { readonly status: number; readonly contentType: string; readonly body: string };

function json(status: number, body: object): Answer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

function send(res: ServerResponse, { status, contentType, body }: Answer): void {
  res.writeHead(status, {
    'content-type': contentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  res.end(body);
}

/**
 * What the people who run the provider look at: metrics and health, on a port of its own that the public never reaches.
 * @see Prometheus text exposition format 0.0.4
 */
export function createOperations({
  health,
  metrics,
}: {
  readonly health: Health;
  readonly metrics: { readonly contentType: string; readonly text: () => Promise<string> };
}): RequestListener {
  async function answer(path: string | undefined): Promise<Answer> {
    switch (path) {
      case '/metrics':
        return { status: 200, contentType: metrics.contentType, body: await metrics.text() };
      case '/health/live':
        return json(200, { status: 'live' });
      case '/health/ready': {
        const readiness = await health.readiness();
        return json(readiness.status === 'ready' ? 200 : 503, readiness);
      }
      default:
        return json(404, { error: 'not_found' });
    }
  }

  return (req, res) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('allow', 'GET, HEAD');
      send(res, json(405, { error: 'method_not_allowed' }));
      return;
    }
    const [path] = (req.url ?? '').split('?', 1);
    answer(path).then(
      (found) => send(res, found),
      () => send(res, json(500, { error: 'internal' })),
    );
  };
}
