import { compose } from './compose.ts';
import { environment, loadSettings } from './config/load.ts';
import { listen } from './listen.ts';
import { systemClock } from './platform/clock.ts';
import { createHttpClient } from './platform/http-client.ts';
import { createLogger } from './platform/logger.ts';
import { createSmtpMailer } from './smtp-mailer.ts';

/** The server of a deployment: its settings checked, its database migrated, nothing of the demo. */
export async function startServer(): Promise<{ readonly stop: () => Promise<void> }> {
  const settings = loadSettings(environment(), { production: true });
  const logger = createLogger({ level: settings.DINHDANH_LOG_LEVEL });
  const httpClient = createHttpClient({ userAgent: 'dinhdanh' });
  const installation = await compose({
    settings,
    connection: { connectionString: settings.DATABASE_URL },
    edges: { clock: systemClock, httpClient, logger, mailer: createSmtpMailer(settings) },
  });
  await installation.work();
  const server = await listen(installation.app.callback(), {
    host: settings.DINHDANH_HOST,
    port: settings.DINHDANH_PORT,
  });
  logger.info('ready', { host: settings.DINHDANH_HOST, port: server.port });
  return {
    async stop() {
      await server.close();
      await installation.close();
      await httpClient.close();
    },
  };
}
