// The two sites of the demo. They differ in name, colour and standing: one belongs to the organisation, the other has to
// ask for consent. Used by serve-demo.ts, seed.ts and summary.ts.

export type Site = {
  clientId: string;
  name: string;
  /** Without a final slash. */
  url: string;
  port: number;
  isFirstParty: boolean;
  theme: 'portal' | 'agenda';
  /** What it asks about people. */
  scope: string;
};

export function demoSites({
  portalPort,
  agendaPort,
}: {
  portalPort: number;
  agendaPort: number;
}): [Site, Site] {
  return [
    {
      clientId: 'demo-portail-pro',
      name: 'Portail pro',
      url: `http://localhost:${portalPort}`,
      port: portalPort,
      isFirstParty: true,
      theme: 'portal',
      scope: 'openid profile email health',
    },
    {
      clientId: 'demo-agenda-sante',
      name: 'Agenda santé',
      url: `http://localhost:${agendaPort}`,
      port: agendaPort,
      isFirstParty: false,
      theme: 'agenda',
      scope: 'openid profile email',
    },
  ];
}

/** As the provider registers it. */
export function siteMetadata({ clientId, name, url }: Pick<Site, 'clientId' | 'name' | 'url'>) {
  return {
    client_id: clientId,
    client_name: name,
    redirect_uris: [`${url}/callback`],
    post_logout_redirect_uris: [`${url}/`],
    backchannel_logout_uri: `${url}/backchannel-logout`,
    backchannel_logout_session_required: true,
  };
}
