type Environment = Readonly<Record<string, string | undefined>>;

/** Tells glibc to have one arena for all threads. It reads this before anything of ours runs. */
export const oneMallocArena = { MALLOC_ARENA_MAX: '1' } as const;

/**
 * Starts this process anew, under the same id, where glibc would else give each thread an arena of its own: libuv's four
 * would each keep the 19 MiB of the last hash they made, a quarter of what the server holds. A number that is set stays.
 * Returns where nothing is to be done.
 */
export function ensureOneMallocArena(environment: Environment): void {
  if (process.platform !== 'linux' || environment['MALLOC_ARENA_MAX']) return;
  const words = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.execve?.(process.execPath, words, { ...environment, ...oneMallocArena });
}
