import { environment } from '../src/config/load.ts';

// Alive, not ready: a database that is away for a while is no reason to start the server anew.
const { DINHDANH_OPERATIONS_PORT: port = '4009' } = environment();
const answer = await fetch(`http://127.0.0.1:${port}/health/live`, { signal: AbortSignal.timeout(3_000) }).catch(
  () => undefined,
);
process.exitCode = answer?.ok ? 0 : 1;
