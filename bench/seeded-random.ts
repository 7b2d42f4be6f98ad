/** Numbers that are the same for the same seed on every machine. */
export type Random = {
  /** From 0, below 1. */
  readonly unit: () => number;
  /** A whole number from 0, below `end`. */
  readonly below: (end: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <Value>(values: readonly [Value, ...Value[]]) => Value;
};

/** The xorwow generator. @see Marsaglia 2003, "Xorshift RNGs", §3.1 */
export function seededRandom(seed: number): Random {
  let [x, y, z, w, v, weyl] = [123_456_789 ^ seed, 362_436_069, 521_288_629, 88_675_123, 5_783_321, 6_615_241];
  function next(): number {
    const t = x ^ (x >>> 2);
    x = y;
    y = z;
    z = w;
    w = v;
    v = v ^ (v << 4) ^ (t ^ (t << 1));
    weyl = (weyl + 362_437) | 0;
    return (v + weyl) >>> 0;
  }
  // The first numbers of neighbouring seeds are neighbours.
  for (let round = 0; round < 20; round += 1) next();
  const unit = (): number => next() / 2 ** 32;
  const below = (end: number): number => Math.floor(unit() * end);
  return {
    unit,
    below,
    chance: (probability) => unit() < probability,
    pick: (values) => values[below(values.length)] ?? values[0],
  };
}
