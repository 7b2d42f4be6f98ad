import { readdirSync, readFileSync } from 'node:fs';

const msPerTick = 10;

type Process = { readonly pid: number; readonly parent: number; readonly ms: number };

/** @see proc_pid_stat(5): the name in parentheses may hold spaces, what follows it doesn't */
function readProcess(pid: string): Process | undefined {
  try {
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?!.*\))/s);
    const [, parent, , , , , , , , , , user, system] = fields.split(' ');
    return { pid: Number(pid), parent: Number(parent), ms: (Number(user) + Number(system)) * msPerTick };
  } catch {
    // It ended while we read the list.
    return undefined;
  }
}

/**
 * What processes have spent on the cores so far, with their children, in ms: a machine with other work to do makes flows
 * slower, but not dearer. Only Linux tells.
 */
export function processorMs(pids: readonly number[]): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readProcess(pid) ?? []);
  return all
    .filter(({ pid, parent }) => pids.includes(pid) || pids.includes(parent))
    .reduce((sum, { ms }) => sum + ms, 0);
}
