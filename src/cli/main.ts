#!/usr/bin/env node
import { Command } from 'commander';
import { SettingsError } from '../config/load.ts';
import { migrate } from '../database/migrate.ts';
import { OperatorError } from '../platform/operator-error.ts';
import { addAccountCommands } from './accounts.ts';
import { addAgencyCommands } from './agencies.ts';
import { addClientCommands } from './clients.ts';
import { addDoctorCommand } from './doctor.ts';
import { addKeyCommands } from './keys.ts';
import { addMandateCommands } from './mandates.ts';
import { withStore } from './open-store.ts';
import { addPowerCommands } from './powers.ts';
import { addRegisterCommands } from './registers.ts';
import { say } from './terminal.ts';

const program = new Command('dinhdanh')
  .description('The operator’s command line. It reads the same settings as the server: see docs/settings.md.')
  .showHelpAfterError('See --help.');

program
  .command('migrate')
  .description('bring the schema to this release; a start does so too')
  .action(() =>
    withStore(async (store) => {
      await migrate(store);
      say('The schema is up to date.');
    }),
  );
addKeyCommands(program);
addAgencyCommands(program);
addClientCommands(program);
addAccountCommands(program);
addRegisterCommands(program);
addMandateCommands(program);
addPowerCommands(program);
addDoctorCommand(program);

try {
  await program.parseAsync();
} catch (fault) {
  const expected = fault instanceof OperatorError || fault instanceof SettingsError;
  process.stderr.write(`${expected ? fault.message : String(fault instanceof Error ? fault.stack : fault)}\n`);
  process.exitCode = 1;
}
