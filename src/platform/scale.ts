/** Whether `value` stands at or after `least` on a scale that is listed weakest first. */
export function isAtLeast<T>(scale: readonly T[], value: T, least: T): boolean {
  return scale.indexOf(value) >= scale.indexOf(least);
}
