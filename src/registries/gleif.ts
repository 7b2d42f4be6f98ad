import { z } from 'zod';
import { answerOf, type Reading, reading } from './ask-register.ts';
import { isLei, isSiren, isVietnameseTaxCode } from './check-digits.ts';
import type { LegalEntity, LegalEntityState, Register, RegistrationNumber } from './legal-entity.ts';
import type { RegisterLine } from './register-line.ts';
import { neededText, speaksOfInsolvency, textField } from './register-text.ts';

const address = z.object({
  addressLines: z.array(textField).default([]),
  city: textField,
  postalCode: textField,
  country: z.string().regex(/^[A-Z]{2}$/),
});
const answer = z.object({
  meta: z.object({ goldenCopy: z.object({ publishDate: z.string() }) }).nullish(),
  data: z.object({
    attributes: z.object({
      lei: z.string(),
      entity: z.object({
        legalName: z.object({ name: neededText }),
        legalAddress: address,
        registeredAs: textField,
        jurisdiction: textField,
        legalForm: z.object({ id: textField, other: textField }).nullish(),
        status: textField,
      }),
    }),
  }),
});
type Record = z.output<typeof answer>;

/** JSON:API's word for "no such thing". @see https://jsonapi.org/format/#errors */
const errors = z.object({ errors: z.array(z.unknown()) });

/** GLEIF's register of LEIs: the entity and its number at home. It knows no representatives. */
export function createGleif(key: string, line: RegisterLine): Register {
  return {
    key,
    schemes: ['lei'],
    findLegalEntity: async ({ value }) => {
      const reply = await line.ask({ path: `lei-records/${value}` });
      const readers = {
        200: reading(
          answer.refine(({ data }) => data.attributes.lei === value),
          readRecord,
        ),
        404: reading(errors, (): Reading<LegalEntity> => ({ kind: 'not-found' })),
      };
      return answerOf(reply, { source: key, line, readers });
    },
  };
}

function readRecord({ meta, data: { attributes } }: Record): Reading<LegalEntity> {
  const { lei, entity } = attributes;
  const { legalForm: form, legalAddress: at } = entity;
  const value: LegalEntity = {
    number: { scheme: 'lei', value: lei },
    numberIsFaulty: !isLei(lei),
    name: entity.legalName.name,
    legalForm: form?.id === undefined ? undefined : { code: form.id, label: form.other ?? form.id },
    state: stateOf(entity.status),
    isNaturalPerson: false,
    country: at.country,
    address: [...at.addressLines, at.postalCode, at.city].filter(Boolean).join(', '),
    mentionsInsolvency: speaksOfInsolvency(entity.legalName.name),
    nationalNumber: nationalNumberOf(entity),
  };
  return { kind: 'found', value, asOf: meta ? new Date(meta.goldenCopy.publishDate) : undefined };
}

/** Of the entity. That its LEI has lapsed means that nobody paid for it: the entity lives on. */
function stateOf(status: string | undefined): LegalEntityState {
  if (status === 'ACTIVE') return 'active';
  return status === 'INACTIVE' ? 'closed' : 'unknown';
}

/** `registeredAs` is written for people: `552 032 534`. Only what is whole and right is followed. */
function nationalNumberOf({
  registeredAs,
  jurisdiction,
}: Record['data']['attributes']['entity']): RegistrationNumber | undefined {
  const value = (registeredAs ?? '').replace(/[\s.\p{Pd}]/gu, '');
  if (jurisdiction === 'FR' && isSiren(value)) return { scheme: 'fr-siren', value };
  if (jurisdiction === 'VN' && isVietnameseTaxCode(value)) return { scheme: 'vn-enterprise', value };
  return undefined;
}
