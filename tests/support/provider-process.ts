import { once } from 'node:events';
import { createServer } from 'node:http';
import { compose } from '../../src/compose.ts';
import { loadSettings } from '../../src/config/load.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createHttpClient } from '../../src/platform/http-client.ts';
import { silentLogger } from './test-server.ts';

/** A provider in a process of its own, to be killed. Says `ready` when it listens at its issuer's port. */
const { environment, connection } = JSON.parse(process.env['PROVIDER_PROCESS'] ?? '{}');
const settings = loadSettings(environment, { production: false });
const { app } = await compose({
  settings,
  connection,
  edges: {
    clock: systemClock,
    httpClient: createHttpClient({ userAgent: 'test', allowLoopback: true }),
    mailer: { send: async () => ({ kind: 'sent' }), close: () => undefined },
    logger: silentLogger,
  },
});
const server = createServer(app.callback()).listen(Number(settings.DINHDANH_ISSUER.port), '127.0.0.1');
await once(server, 'listening');
process.send?.('ready');
process.on('disconnect', () => process.exit());
