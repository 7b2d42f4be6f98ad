import { concurrency, type Flow, type Scene } from './flows.ts';
import { closedLoop, joined, type LoadResult, type RunFlow } from './load.ts';
import { processorMs } from './processor-time.ts';
import { createProviderClient } from './provider-client.ts';
import type { StatementCounts } from './statement-counter.ts';
import type { FlowResult } from './targets.ts';

/** Flows run one after the other to count their statements. */
const aloneFlows = 20;

export async function withScene<T>(
  place: Pick<Scene, 'server' | 'databasePid' | 'cast'>,
  work: (scene: Scene) => Promise<T>,
): Promise<T> {
  const client = createProviderClient({ port: place.server.port, connections: concurrency });
  try {
    return await work({ ...place, client });
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
  const processorTime = (): number => processorMs([scene.server.pid, scene.databasePid]) ?? Number.NaN;
  async function counted(work: () => Promise<LoadResult>) {
    const before = { statements: sum(await scene.server.statements()), processorMs: processorTime() };
    const result = await work();
    return {
      result,
      processorMs: processorTime() - before.processorMs,
      statements: sum(await scene.server.statements()) - before.statements,
    };
  }
  return {
    warmUp: () => part(warmUp, concurrency),
    alone: () => part(aloneFlows, 1),
    round: () => part(flow.flows / 2, concurrency),
    counted,
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
  const alone = await ours.counted(() => ours.alone());
  const first = await ours.counted(() => ours.round());
  const inMemory = memory && joined(await memory.round(), await memory.round());
  const last = await ours.counted(() => ours.round());
  return {
    name: flow.name,
    ours: joined(first.result, last.result),
    memory: inMemory,
    processorMs: (first.processorMs + last.processorMs) / flow.flows,
    statementsAlone: alone.statements / aloneFlows,
    statementsUnderLoad: (first.statements + last.statements) / flow.flows,
  };
}
