import type { Listed } from '../../examples/sandbox/registers/organization.ts';
import type { RegistersOptions } from '../../examples/sandbox/registers/registers.ts';
import type { DemoConfig } from './demo-config.ts';

type Representative = DemoConfig['organizations'][number]['representatives'][number];

/** A register writes names as the eID of its country does; of who has none, as their account does. */
function listed({ people, organizations }: DemoConfig, representative: Representative): Listed {
  if ('organization' in representative) {
    const { organization: key, role } = representative;
    const found = organizations.find((one) => one.key === key);
    if (!found) throw new TypeError(`config/demo.json has no organization ${key}`);
    return { role, name: found.name, number: found.number };
  }
  if (!('person' in representative)) return representative;
  const { person: key, role, active, nationality } = representative;
  const person = people.find((one) => one.key === key);
  if (!person) throw new TypeError(`config/demo.json has nobody called ${key}`);
  const { name, family_name, given_name, birthdate } = person.eid ?? person;
  return {
    role,
    name,
    family_name,
    given_name,
    birthdate,
    national_id: person.eid?.national_id,
    nationality: nationality ?? (person.eid?.source === 'franceconnect' ? 'FR' : 'VN'),
    birthplace: person.eid?.birthplace,
    active,
  };
}

/** Where all pretend registers of the demo are. */
export function demoRegistersOrigin({ registers }: DemoConfig): string {
  const origins = new Set(registers.map(({ base_url }) => new URL(base_url).origin));
  const [origin] = origins;
  if (origin === undefined || origins.size > 1)
    throw new TypeError('the registers of config/demo.json have one origin');
  return origin;
}

/** The demo's pretend registers: where they listen, who is in them, and who may ask the French one. */
export function demoRegisters(demo: DemoConfig): RegistersOptions {
  const { registers, organizations } = demo;
  const { username = '', password = '' } = registers.find(({ type }) => type === 'fr-rne') ?? {};
  return {
    port: Number(new URL(demoRegistersOrigin(demo)).port),
    rne: { username, password },
    organizations: organizations.map((organization) => ({
      ...organization,
      representatives: organization.representatives.map((one) => listed(demo, one)),
    })),
  };
}
