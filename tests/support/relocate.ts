/**
 * The same configuration with other addresses, each taken whole and once: a port that was moved to may begin with the
 * digits of one that is moved from.
 */
export function relocated<Config>(config: Config, moves: ReadonlyMap<string, string>): Config {
  return JSON.parse(JSON.stringify(config).replaceAll(/http:\/\/[\w.]+:\d+/g, (origin) => moves.get(origin) ?? origin));
}
