import { concurrency, type Flow, type Scene } from './flows.ts';
import type { Cast } from './installation.ts';
import { closedLoop, joined, type LoadResult, type RunFlow } from './load.ts';
import { createProviderClient } from './provider-client.ts';
import type { ServerProcess } from './server-process.ts';
import type { StatementCounts } from './statement-counter.ts';
import type { FlowResult } from './targets.ts';

/** Flows run one after the other to count their statements. */
const aloneFlows = 20;

export async function withScene<T>(server: ServerProcess, cast: Cast, work: (scene: Scene) => Promise<T>): Promise<T> {
  const client = createProviderClient({ port: server.port, connections: concurrency });
  try {
    return await work({ server, client, cast });
  } finally {
    await client.close();
  }
}

const sum = (counts: StatementCounts): number => Object.values(counts).reduce((total, count) => total + count, 0);

/** One flow on one server, run in parts: each part goes on with turns that none before it had. */
async function stage(flow: Flow, scene: Scene) {
  const warmUp = Math.ceil(flow.flows / 4);
  const run: RunFlow = await flow.prepare(scene, flow.flows + warmUp + aloneFlows);
  let firstTurn = 0;
  async function part(flows: number, atOnce: number): Promise<LoadResult> {
    const result = await closedLoop(run, { flows, concurrency: atOnce, firstTurn });
    firstTurn += flows;
    return result;
  }
  async function countingStatements(work: () => Promise<LoadResult>) {
    const before = sum(await scene.server.statements());
    const result = await work();
    return { result, statements: sum(await scene.server.statements()) - before };
  }
  return {
    warmUp: () => part(warmUp, concurrency),
    alone: () => part(aloneFlows, 1),
    round: () => part(flow.flows / 2, concurrency),
    countingStatements,
  };
}

/** Our server and the engine alone in turns, ours first and last, so that what drifts on the machine falls on both. */
export async function measureFlow(
  flow: Flow,
  scenes: { readonly ours: Scene; readonly memory: Scene | undefined },
): Promise<FlowResult> {
  const ours = await stage(flow, scenes.ours);
  const memory = scenes.memory && (await stage(flow, scenes.memory));
  await ours.warmUp();
  await memory?.warmUp();
  const alone = await ours.countingStatements(() => ours.alone());
  const first = await ours.countingStatements(() => ours.round());
  const inMemory = memory && joined(await memory.round(), await memory.round());
  const last = await ours.countingStatements(() => ours.round());
  return {
    name: flow.name,
    ours: joined(first.result, last.result),
    memory: inMemory,
    statementsAlone: alone.statements / aloneFlows,
    statementsUnderLoad: (first.statements + last.statements) / flow.flows,
  };
}
