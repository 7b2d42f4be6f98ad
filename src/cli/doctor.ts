import type { Command } from 'commander';
import { environment, isProduction, loadSettings, SettingsError } from '../config/load.ts';
import type { Settings } from '../config/schema.ts';
import { checkAttestation } from './doctor-attestation.ts';
import { checkDatabase } from './doctor-database.ts';
import { checkEids } from './doctor-eids.ts';
import type { Finding } from './doctor-finding.ts';
import { checkCertificate, checkDiscovery, checkMail, checkNames } from './doctor-network.ts';
import { checkRegisters } from './doctor-registers.ts';
import { say } from './terminal.ts';

function readSettings(): Settings | readonly Finding[] {
  try {
    return loadSettings(environment(), { production: isProduction() });
  } catch (fault) {
    if (!(fault instanceof SettingsError)) throw fault;
    return fault.faults.map((sentence) => ({ level: 'fail', about: 'settings', sentence }));
  }
}

/** Settings that are allowed and still unusual for a deployment. */
export function judgeSettings(settings: Settings): readonly Finding[] {
  const findings: Finding[] = [{ level: 'ok', about: 'settings', sentence: 'all there, none of the demo' }];
  const warn = (sentence: string) => findings.push({ level: 'warn', about: 'settings', sentence });
  if (!isProduction()) warn('NODE_ENV is not production: the server would start the demo');
  if (settings.DINHDANH_TRUSTED_PROXIES === 0) {
    warn(
      'DINHDANH_TRUSTED_PROXIES is 0: every request through a proxy is refused (421) as not https; set their number',
    );
  }
  if (settings.DINHDANH_SECURITY_CONTACT === undefined) {
    warn('DINHDANH_SECURITY_CONTACT is missing: nobody can tell you of a fault; set a mailto: or https: address');
  }
  if (settings.DINHDANH_HELP_URL === undefined && settings.DINHDANH_HELP_EMAIL === undefined) {
    warn('DINHDANH_HELP_URL and DINHDANH_HELP_EMAIL are missing: error pages name nobody to ask; set one of them');
  }
  return findings;
}

const marks = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL' } as const;

async function examine(): Promise<void> {
  const settings = readSettings();
  const checks: readonly Promise<readonly Finding[]>[] =
    'DINHDANH_ISSUER' in settings
      ? [
          Promise.resolve(judgeSettings(settings)),
          Promise.resolve(checkAttestation(settings)),
          checkDatabase(settings),
          checkMail(settings),
          checkNames(settings),
          checkCertificate(settings),
          checkDiscovery(settings),
          checkEids(settings),
          checkRegisters(settings),
        ]
      : [Promise.resolve(settings)];
  for (const check of checks) {
    for (const { level, about, sentence } of await check) {
      say(`${marks[level]}  ${about.padEnd(11)}  ${sentence}`);
      if (level === 'fail') process.exitCode = 1;
    }
  }
}

/** Adds `doctor` to the program. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('look at everything a deployment needs; each line says what to do')
    .action(examine);
}
