import { type Ial, ials } from '../accounts/ial.ts';
import type { IdentityStanding } from '../accounts/verified-identity.ts';
import type { EidSource, LevelWorth } from './eid-connector.ts';

/** What evidence is worth by the sources that are switched on now; nothing of it is ever stored. */
export type IdentityWorth = {
  /**
   * The highest level that one of these reaches. An unknown source or level is worth `ial0`, and so is one that was
   * asserted longer than `maxAgeSeconds` ago.
   */
  readonly ialOf: (
    standings: readonly IdentityStanding[],
    at: { readonly now: Date; readonly maxAgeSeconds?: number | undefined },
  ) => Ial;
  /**
   * What an account is protected by, however long ago it was proved: what a source that is switched off had vouched for
   * can't be told any more, so it may have been as good as any.
   */
  readonly ialOnFile: (standings: readonly IdentityStanding[]) => Ial;
  /** The one record that an answer's claims come from: worth most, then newest; undefined where none is worth anything. */
  readonly chooseRecord: <Standing extends IdentityStanding>(records: readonly Standing[]) => Standing | undefined;
  /** The highest level that any source here can assert. */
  readonly highestIal: Ial;
  /** With how many factors the source authenticates at this level; one where that isn't known. */
  readonly factorsOf: (source: string, level: string) => 1 | 2;
};

const worthless: LevelWorth = { ial: 'ial0', factors: 1 };

/** What a level is worth at a source, `ial0` and one factor for a level that isn't listed. */
export function worthOfLevel({ levels }: Pick<EidSource, 'levels'>, level: string): LevelWorth {
  // The source chooses the word: `constructor` must not find what every object has.
  return (Object.hasOwn(levels, level) ? levels[level] : undefined) ?? worthless;
}

/** Judges standings by the levels of `sources`, which are already capped. Pure. */
export function createIdentityWorth(sources: readonly Pick<EidSource, 'key' | 'levels'>[]): IdentityWorth {
  const byKey = new Map(sources.map((source) => [source.key, source]));

  function worthOf({ source, level }: Pick<IdentityStanding, 'source' | 'level'>): LevelWorth {
    const known = byKey.get(source);
    return known === undefined ? worthless : worthOfLevel(known, level);
  }

  return {
    ialOf: (standings, { now, maxAgeSeconds = Number.POSITIVE_INFINITY }) =>
      highest(
        standings
          .filter(({ verifiedAt }) => now.getTime() - verifiedAt.getTime() <= maxAgeSeconds * 1000)
          .map((standing) => worthOf(standing).ial),
      ),
    ialOnFile: (standings) =>
      standings.some(({ source }) => !byKey.has(source))
        ? 'ial3'
        : highest(standings.map((standing) => worthOf(standing).ial)),
    chooseRecord: (records) =>
      records
        .filter((record) => worthOf(record).ial !== 'ial0')
        .toSorted(
          (one, other) =>
            rankOf(worthOf(other).ial) - rankOf(worthOf(one).ial) ||
            other.verifiedAt.getTime() - one.verifiedAt.getTime() ||
            // Two of the same moment: the same one whatever order the rows came in.
            compareText(one.source, other.source) ||
            compareText(one.level, other.level),
        )[0],
    highestIal: highest(sources.flatMap(({ levels }) => Object.values(levels).map(({ ial }) => ial))),
    factorsOf: (source, level) => worthOf({ source, level }).factors,
  };
}

/** The weaker of two levels. */
export function lowerIal(one: Ial, other: Ial): Ial {
  return rankOf(one) <= rankOf(other) ? one : other;
}

function highest(levels: readonly Ial[]): Ial {
  return levels.reduce<Ial>((best, ial) => (rankOf(ial) > rankOf(best) ? ial : best), 'ial0');
}

function rankOf(ial: Ial): number {
  return ials.indexOf(ial);
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
