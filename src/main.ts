import { environment, isProduction } from './config/load.ts';
import { ensureOneMallocArena } from './platform/malloc-arena.ts';
import { OperatorError } from './platform/operator-error.ts';

type Running = { readonly stop: () => Promise<void> };

const requiredNodeMajor = 24;

/** In production the server alone; else everything a first look needs. */
async function start(): Promise<Running> {
  const [major = '0'] = process.versions.node.split('.');
  if (Number(major) < requiredNodeMajor) {
    throw new OperatorError(
      'node-too-old',
      `This is Node ${process.versions.node}; the project brings Node ${requiredNodeMajor} for most systems with npm ci, here please install it.`,
    );
  }
  if (isProduction()) {
    ensureOneMallocArena(environment());
    return (await import('./start-server.ts')).startServer();
  }
  return (await import('./demo/start-demo.ts')).startDemo();
}

function explain(fault: unknown): string {
  if (fault instanceof Error && (fault instanceof OperatorError || fault.name === 'SettingsError'))
    return fault.message;
  return fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
}

function stopOnSignal({ stop }: Running): void {
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) return;
    stopping = true;
    stop().then(
      () => process.exit(0),
      (fault: unknown) => {
        process.stderr.write(`${explain(fault)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

start().then(stopOnSignal, (fault: unknown) => {
  process.stderr.write(`${explain(fault)}\n`);
  process.exit(1);
});
