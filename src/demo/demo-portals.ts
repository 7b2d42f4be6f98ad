import type { BusinessService } from '../../examples/portal/business-service.ts';
import type { PortalOptions } from '../../examples/portal/portal.ts';
import type { DemoClient, DemoConfig } from './demo-config.ts';
import { provinceServices, taxServices } from './demo-services.ts';

type PortalOfDemo = {
  readonly clientId: string;
  readonly url: string;
  readonly otherUrl: string;
  readonly theme: PortalOptions['identity']['theme'];
  readonly summary: PortalOptions['identity']['summary'];
  readonly restricted: PortalOptions['identity']['restricted'];
  readonly restrictedMaxAgeSeconds?: number;
  readonly services: readonly BusinessService[];
};

function clientOf({ clients }: DemoConfig, clientId: string): DemoClient {
  const client = clients.find((one) => one.client_id === clientId);
  if (!client) throw new TypeError(`config/demo.json has no client ${clientId}`);
  return client;
}

/** The demo's two portals, of two agencies: what their clients are registered for, and how they present themselves. */
export function demoPortals(demo: DemoConfig): readonly PortalOptions[] {
  const portals: readonly [PortalOfDemo, PortalOfDemo] = [
    {
      clientId: 'an-hoa-portal',
      url: demo.portal,
      otherUrl: demo.taxPortal,
      theme: 'jade',
      summary: {
        vi: 'Nộp hồ sơ, theo dõi kết quả và nhận giấy tờ của tỉnh An Hòa.',
        en: 'Apply to An Hòa province, follow your applications and receive your documents.',
        fr: "Déposez vos demandes à la province d'An Hòa, suivez-les et recevez vos documents.",
      },
      restricted: {
        name: {
          vi: 'Giấy tờ của tôi: đặt bản sao',
          en: 'My documents: order a copy',
          fr: 'Mes documents : commander une copie',
        },
        field: { vi: 'Bản sao giấy tờ nào?', en: 'A copy of which document?', fr: 'La copie de quel document ?' },
      },
      services: provinceServices,
    },
    {
      clientId: 'tax-portal',
      url: demo.taxPortal,
      otherUrl: demo.portal,
      theme: 'plum',
      summary: {
        vi: 'Khai thuế, nộp thuế và tra cứu nghĩa vụ thuế.',
        en: 'File your taxes, pay them and see what you owe.',
        fr: 'Déclarez vos impôts, payez-les et consultez votre situation.',
      },
      restricted: {
        name: {
          vi: 'Đổi tài khoản nhận hoàn thuế',
          en: 'Change the account for tax refunds',
          fr: 'Changer le compte de remboursement',
        },
        field: { vi: 'Số tài khoản ngân hàng mới', en: 'New bank account', fr: 'Nouveau compte bancaire' },
      },
      // Money leaves by it: whoever changes it has just signed in.
      restrictedMaxAgeSeconds: 300,
      services: taxServices,
    },
  ];
  return portals.map(({ clientId, url, otherUrl, theme, summary, restricted, services, ...demand }) => {
    const client = clientOf(demo, clientId);
    const agency = demo.agencies.find(({ key }) => key === client.agency);
    const other = clientOf(demo, portals.find((one) => one.url === otherUrl)?.clientId ?? clientId);
    return {
      issuer: demo.issuer,
      clientId,
      clientSecret: client.client_secret,
      identity: {
        name: client.name,
        agency: agency?.name ?? client.name,
        summary,
        theme,
        restricted,
        otherPortal: { name: other.name, url: otherUrl },
      },
      scopes: ['openid', 'profile', 'email'],
      offer: { services, acceptsJoint: client.acting.joint },
      port: Number(new URL(url).port),
      baseUrl: url,
      allowInsecure: true,
      ...demand,
    };
  });
}
