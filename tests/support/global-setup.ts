import { startTestServer } from './test-server.ts';

// biome-ignore lint/style/noDefaultExport: what jest calls
export default async function globalSetup(): Promise<void> {
  const { connection, template, stop } = await startTestServer(process.env['TEST_DATABASE_URL']);
  // Workers are other processes: they inherit the environment. The teardown runs in this one.
  process.env['TEST_SERVER'] = JSON.stringify({ connection, template });
  Object.assign(globalThis, { stopTestServer: stop });
}
