import { describe } from '@jest/globals';
import { itIsAnEidConnector } from '../contracts/eid-connector.ts';
import { itOutlivesItsSource } from '../contracts/eid-outages.ts';
import { franceconnectSample, openidSample, vnconnectSample } from '../support/eid-samples.ts';

describe('vnconnect', () => {
  itOutlivesItsSource(vnconnectSample);
  itIsAnEidConnector({
    ...vnconnectSample,
    subjectClaim: 'TechID',
    nameClaim: 'HoVaTen',
    identity: {
      subject: 'tech-4711',
      level: 'LoA2',
      attributes: {
        name: 'NGUYỄN THỊ LAN',
        birthdate: '1965-10-03',
        gender: 'female',
        national_id: { country: 'VN', type: 'personal-number', value: '001165000001' },
        address: '12 Hàng Bông, Hoàn Kiếm, Hà Nội',
      },
    },
  });
});

describe('franceconnect', () => {
  itOutlivesItsSource(franceconnectSample);
  itIsAnEidConnector({
    ...franceconnectSample,
    subjectClaim: 'sub',
    nameClaim: 'family_name',
    identity: {
      subject: 'b6048e95bb134ec5b1d1e1fa69f287172e91722b9354d637a1bcf2ebb0fd2ef5v1',
      level: 'eidas1',
      attributes: {
        name: 'Anne Marie TRAN-DURAND',
        given_name: 'Anne Marie',
        family_name: 'TRAN-DURAND',
        birthdate: '1962-08-24',
        gender: 'female',
        place_of_birth: { country: 'FR', locality: '75107' },
      },
    },
  });
});

describe('openid', () => {
  itOutlivesItsSource(openidSample);
  itIsAnEidConnector({
    ...openidSample,
    subjectClaim: 'sub',
    nameClaim: 'full_name',
    identity: {
      subject: 'kh-2210',
      level: 'substantial',
      attributes: {
        name: 'Sok Dara',
        given_name: 'Dara',
        family_name: 'Sok',
        middle_name: 'Vuthy',
        birthdate: '1990',
        gender: 'other',
        national_id: { country: 'KH', type: 'personal-number', value: '010 203-040' },
        address: '1 Street 19\nPhnom Penh',
        place_of_birth: { country: 'KH', locality: 'Battambang' },
      },
    },
  });
});
