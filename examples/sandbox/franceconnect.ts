import type { EidStyle } from './eid-style.ts';
import { type LoginFault, loginFaults } from './faults.ts';

const ofCivilStatus = ['given_name', 'family_name', 'preferred_username', 'birthdate', 'gender'];
const ofBirth = ['birthplace', 'birthcountry'];

/** FranceConnect knows people only, and vouches for none whose identity was withdrawn: it says nothing of either. */
const unknownHere: readonly LoginFault[] = ['enterprise-account', 'withdrawn-identity'];

/** As FranceConnect speaks: standard claims, INSEE codes for places, eIDAS levels, userinfo as a signed JWT. */
export const franceconnect: EidStyle = {
  type: 'franceconnect',
  algorithm: 'ES256',
  signsUserinfo: true,
  levels: ['eidas1', 'eidas2', 'eidas3'],
  unknownLevel: 'eidas0',
  faults: loginFaults.filter((fault) => !unknownHere.includes(fault)),
  otherFamilyName: 'DUVAL',
  claimsByScope: {
    openid: ['sub'],
    profile: ofCivilStatus,
    birth: ofBirth,
    identite_pivot: [...ofCivilStatus, ...ofBirth],
    email: ['email'],
    ...Object.fromEntries([...ofCivilStatus, ...ofBirth].map((claim) => [claim, [claim]])),
  },
  claimsOf: ({ given_name, family_name, preferred_username, birthdate, gender, birthplace, birthcountry, email }) => ({
    given_name,
    family_name,
    preferred_username,
    birthdate,
    gender,
    birthplace,
    birthcountry,
    email,
  }),
};
