import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { newDevice } from '../tests/support/device.ts';
import { startInstallation } from '../tests/support/installation.ts';
import { launchBrowser } from '../tests/support/page-browser.ts';
import { tourOfSignIn } from '../tests/support/sign-in-tour.ts';
import { startTestServer } from '../tests/support/test-server.ts';

// Signing in as it really goes: `node scripts/preview-journey.ts --locale vi`, then look at .tmp/journey.
const { values } = parseArgs({
  options: { locale: { type: 'string', default: 'vi' }, out: { type: 'string', default: '.tmp/journey' } },
});

mkdirSync(values.out, { recursive: true });
const server = await startTestServer(undefined);
process.env['TEST_SERVER'] = JSON.stringify({ connection: server.connection, template: server.template });
const provider = await startInstallation();
const browser = await launchBrowser();
const device = await newDevice(browser, { locale: values.locale });
await tourOfSignIn(device, {
  provider,
  look: async (name) => {
    for (const width of [360, 1280]) {
      await device.tab.setViewportSize({ width, height: 800 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await device.tab.emulateMedia({ colorScheme });
        await device.tab.screenshot({ path: join(values.out, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
  },
});
await browser.close();
await provider.close();
await server.stop();
console.log(values.out);
