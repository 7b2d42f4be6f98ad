import { join } from 'node:path';
import { type Mailbox, startMailbox } from '../../examples/mailbox/mailbox.ts';
import { startPortal } from '../../examples/portal/portal.ts';
import { startRegisters } from '../../examples/sandbox/registers/registers.ts';
import { startSandbox } from '../../examples/sandbox/sandbox.ts';
import { compose } from '../compose.ts';
import { environment, loadSettings } from '../config/load.ts';
import { listen } from '../listen.ts';
import { systemClock } from '../platform/clock.ts';
import { startEmbeddedDatabase } from '../platform/embedded-database.ts';
import { createHttpClient } from '../platform/http-client.ts';
import { createLogger } from '../platform/logger.ts';
import { createSmtpMailer } from '../smtp-mailer.ts';
import { type DemoConfig, readDemoConfig } from './demo-config.ts';
import { demoPortals } from './demo-portals.ts';
import { demoRegisters, demoRegistersOrigin } from './demo-registers.ts';
import { demoSandbox } from './demo-sandbox.ts';
import { demoEnvironment } from './demo-settings.ts';
import { seedDemo } from './seed.ts';

export type Running = { readonly stop: () => Promise<void> };

const dataDirectory = join(import.meta.dirname, '../../data');

const portOf = (url: string): number => Number(new URL(url).port);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function sayWhereToGo(demo: DemoConfig): void {
  const { portal, mailbox, eids, people, eid_people } = demo;
  say('');
  say(`  Open the portal      ${portal}`);
  say(`  Mails and codes      ${mailbox}`);
  say(`  One-time codes       ${mailbox}/one-time-codes`);
  for (const { issuer, name } of eids) say(`  Pretend eID          ${issuer}  ·  ${name.en}`);
  say(`  Pretend registers    ${demoRegistersOrigin(demo)}`);
  say('');
  say('  Sign in as');
  for (const { email, password, story } of people) say(`    ${email}  ·  ${password}  ·  ${story}`);
  say('');
  say('  People with an eID alone');
  for (const { eid, story } of eid_people) say(`    ${eid.name}  ·  ${story}`);
  say('');
  say('  Ctrl-C stops everything; the data stay in ./data.');
}

/** Starts everything a first look needs: database, mailbox, pretend eIDs and registers, provider, two portals. Ctrl-C stops all of it. */
export async function startDemo(): Promise<Running> {
  const demo = readDemoConfig();
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const mailbox: Mailbox = await startMailbox({
      smtpPort: 0,
      httpPort: portOf(demo.mailbox),
      apps: demo.people.flatMap(({ name, email, totp_secret: secret }) =>
        secret === undefined ? [] : [{ name, email, secret }],
      ),
    });
    stops.push(mailbox.close);
    stops.push((await startSandbox(demoSandbox(demo))).close);
    stops.push((await startRegisters(demoRegisters(demo))).close);
    const settings = loadSettings(
      demoEnvironment({ demo, dataDirectory, smtpUrl: mailbox.smtp, environment: environment() }),
      { production: false },
    );
    const logger = createLogger({ level: settings.DINHDANH_LOG_LEVEL });

    const { DATABASE_URL: connectionString } = environment();
    if (connectionString === undefined) say('Starting the database …');
    const database =
      connectionString === undefined
        ? await startEmbeddedDatabase({ dataDirectory: join(dataDirectory, 'pg'), logger })
        : { connection: { connectionString }, stop: async () => undefined };
    stops.push(database.stop);

    say('Starting the provider …');
    const httpClient = createHttpClient({ userAgent: 'dinhdanh', allowLoopback: true });
    const installation = await compose({
      settings,
      connection: database.connection,
      edges: { clock: systemClock, httpClient, logger, mailer: createSmtpMailer(settings) },
    });
    stops.push(installation.close);
    await seedDemo({ installation, demo, clock: systemClock });
    await installation.work();
    const server = await listen(installation.app.callback(), {
      host: settings.DINHDANH_HOST,
      port: settings.DINHDANH_PORT,
    });
    stops.push(server.close);

    for (const portal of demoPortals(demo)) stops.push((await startPortal(portal)).close);
    sayWhereToGo(demo);
    return { stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}
