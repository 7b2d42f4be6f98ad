import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { OperatorError } from '../platform/operator-error.ts';
import { printable } from '../platform/printable.ts';

/** What it prints is all a command answers. */
export function say(line: string): void {
  process.stdout.write(`${printable(line)}\n`);
}

/** Indented JSON, of any length; it can't steer a terminal, and read as JSON it is the same value. */
export function sayJson(value: unknown): void {
  const escaped = JSON.stringify(value, undefined, 2).replace(/[^\n\P{C}]|[\u2028\u2029]/gu, (mark) =>
    Array.from({ length: mark.length }, (_, at) => `\\u${mark.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
  process.stdout.write(`${escaped}\n`);
}

/** Columns as wide as they need, each row a line. */
export function sayTable(rows: readonly (readonly string[])[]): void {
  const widths = rows.reduce<readonly number[]>(
    (widest, row) => row.map((cell, index) => Math.max(cell.length, widest[index] ?? 0)),
    [],
  );
  for (const row of rows)
    say(
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

export function refuse(code: string, sentence: string, cause?: unknown): never {
  throw new OperatorError(code, sentence, { cause });
}

/** A JSON file in the shape the form asks for. @throws OperatorError that names every field at fault */
export function readForm<Form extends z.ZodType>(file: string, form: Form): z.output<Form> {
  const parsed = form.safeParse(readJson(file));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `  ${path.join('.') || 'the file'}: ${message}`);
  return refuse('file-refused', `${file} isn't accepted:\n${faults.join('\n')}`);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    return refuse('file-refused', missing ? `There is no file ${file}.` : `${file} isn't readable as JSON.`, cause);
  }
}

/** A day, and the time of day in UTC. */
export function moment(at: Date | undefined | null): string {
  return at ? `${at.toISOString().slice(0, 16)}Z` : '–';
}
