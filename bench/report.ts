import { cpus } from 'node:os';
import type { FlowResult, Verdict } from './targets.ts';

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return rows.map(line).join('\n');
}

const heading = [
  'flow',
  'flows/s',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'CPU ms',
  'SQL alone',
  'SQL at load',
  'in memory/s',
  'ratio',
];

export function flowTable(results: readonly FlowResult[]): string {
  const rows = results.map(({ name, ours, memory, processorMs, statementsAlone, statementsUnderLoad }) => [
    name,
    ours.perSecond.toFixed(0),
    ours.p50Ms.toFixed(1),
    ours.p95Ms.toFixed(1),
    ours.p99Ms.toFixed(1),
    Number.isNaN(processorMs) ? '–' : processorMs.toFixed(2),
    statementsAlone.toFixed(1),
    statementsUnderLoad.toFixed(1),
    memory?.perSecond.toFixed(0) ?? '–',
    memory ? (ours.perSecond / memory.perSecond).toFixed(2) : '–',
  ]);
  return table([heading, ...rows]);
}

export function verdictTable(verdicts: readonly Verdict[]): string {
  return table(verdicts.map(({ target, measured, passed }) => [target, measured, passed ? 'PASS' : 'FAIL']));
}

export function machine(postgres: string): string {
  const [first] = cpus();
  return `${cpus().length} cores of ${first?.model.trim()}, Node ${process.versions.node}, PostgreSQL ${postgres}`;
}
