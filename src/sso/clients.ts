// The clients of the AWS SDK, loaded when they are needed and told everything: region, address, credentials, retries. What
// they are not told they look for in variables and ~/.aws, where a hostile or an old setting could send keys elsewhere.
import type * as IamSdk from '@aws-sdk/client-iam';
import type * as PortalSdk from '@aws-sdk/client-sso';
import type * as OidcSdk from '@aws-sdk/client-sso-oidc';
import type * as StsSdk from '@aws-sdk/client-sts';

import type { Credentials, SsoWorld } from './api.ts';
import { endpointOf, type Service } from './endpoints.ts';
import type { Asked } from './problem.ts';
import { proxyFor } from './proxy.ts';
import { handlerOf } from './transport.ts';

export interface Reached<Client, Sdk> {
  readonly client: Client;
  /** The SDK's module, for its commands. */
  readonly sdk: Sdk;
  /** Where requests go; `authorize` is a page below it. */
  readonly url: string;
  readonly asked: (what: string) => Asked;
}

type Oidc = Reached<OidcSdk.SSOOIDCClient, typeof OidcSdk>;
type PortalClient = Reached<PortalSdk.SSOClient, typeof PortalSdk>;
type Sts = Reached<StsSdk.STSClient, typeof StsSdk>;
type Iam = Reached<IamSdk.IAMClient, typeof IamSdk>;

export async function oidcClient(world: SsoWorld, region: string): Promise<Oidc> {
  const { config, ...place } = settle('oidc', world, region);
  const sdk = await import('@aws-sdk/client-sso-oidc');
  return {
    ...place,
    sdk,
    client: new sdk.SSOOIDCClient({ ...config, credentials: noCredentials }),
  };
}

export async function portalClient(world: SsoWorld, region: string): Promise<PortalClient> {
  const { config, ...place } = settle('portal', world, region);
  const sdk = await import('@aws-sdk/client-sso');
  return { ...place, sdk, client: new sdk.SSOClient({ ...config, credentials: noCredentials }) };
}

export async function stsClient(
  world: SsoWorld,
  region: string,
  credentials: Credentials,
): Promise<Sts> {
  const { config, ...place } = settle('sts', world, region);
  const sdk = await import('@aws-sdk/client-sts');
  return {
    ...place,
    sdk,
    client: new sdk.STSClient({ ...config, credentials: identityOf(credentials) }),
  };
}

export async function iamClient(
  world: SsoWorld,
  region: string,
  credentials: Credentials,
): Promise<Iam> {
  const { config, ...place } = settle('iam', world, region);
  const sdk = await import('@aws-sdk/client-iam');
  return {
    ...place,
    sdk,
    client: new sdk.IAMClient({ ...config, credentials: identityOf(credentials) }),
  };
}

function settle(service: Service, world: SsoWorld, region: string) {
  // else the SDK says on stderr that Node 20 grows old
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const endpoint = endpointOf(service, region, world.env);
  const url = new URL(endpoint.url);
  // a proxy that cannot be read is said before the first request
  if (url.protocol === 'https:') proxyFor(url.hostname, Number(url.port || '443'), world.env);
  const config = {
    endpoint: endpoint.url,
    region: endpoint.region,
    maxAttempts: 1, // call.ts tries again
    retryMode: 'standard' as const,
    defaultsMode: 'standard' as const,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    userAgentAppId: 'keyscan',
    authSchemePreference: [],
    sigv4aSigningRegionSet: [],
    disableClockSkewCorrection: false,
    requestHandler: handlerOf(world),
  };
  const asked = (what: string): Asked => ({ service, what, host: endpoint.host });
  return { config, url: endpoint.url, asked };
}

/** For services that ask for none: whatever tries to sign all the same fails. */
function noCredentials(): Promise<never> {
  return Promise.reject(new Error('this request is not to be signed'));
}

function identityOf({ accessKeyId, secretAccessKey, sessionToken }: Credentials) {
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
}
