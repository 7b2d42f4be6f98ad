import type { Interaction } from 'oidc-provider';
import { type Clock, epochSeconds } from '../platform/clock.ts';

/** The session that this login began in ends before it does: without this the engine would refuse to go on. */
export async function forgetSession(interaction: Interaction, clock: Clock): Promise<void> {
  Object.assign(interaction, { session: undefined });
  await interaction.save(Number(interaction.exp) - epochSeconds(clock));
}
