// The clients of the AWS SDK, loaded when they are needed and told everything: region, address, credentials, retries. What
// they are not told they look for in variables and ~/.aws, where a hostile or an old setting could send keys elsewhere.
import type { Credentials, SsoWorld } from './api.ts';
import { type Endpoint, endpointOf, type Service } from './endpoints.ts';
import type { Asked } from './problem.ts';
import { proxyFor } from './proxy.ts';
import type * as sdkNames from './sdk.ts';
import { handlerOf } from './transport.ts';

type Sdk = typeof sdkNames;

/** A client, and what goes with it. */
export interface Reached<Client> {
  readonly client: Client;
  /** The SDK, for its commands. */
  readonly sdk: Sdk;
  /** Where requests go; `authorize` is a page below it. */
  readonly url: string;
  readonly asked: (what: string) => Asked;
}

export async function oidcClient(world: SsoWorld, region: string) {
  return reach(
    'oidc',
    world,
    region,
    (sdk, config) => new sdk.SSOOIDCClient({ ...config, ...unsigned }),
  );
}

export async function portalClient(world: SsoWorld, region: string) {
  return reach(
    'portal',
    world,
    region,
    (sdk, config) => new sdk.SSOClient({ ...config, ...unsigned }),
  );
}

export async function stsClient(world: SsoWorld, region: string, credentials: Credentials) {
  return reach(
    'sts',
    world,
    region,
    (sdk, config) => new sdk.STSClient({ ...config, ...signedBy(credentials) }),
  );
}

export async function iamClient(world: SsoWorld, region: string, credentials: Credentials) {
  return reach(
    'iam',
    world,
    region,
    (sdk, config) => new sdk.IAMClient({ ...config, ...signedBy(credentials) }),
  );
}

async function reach<Client>(
  service: Service,
  world: SsoWorld,
  region: string,
  make: (sdk: Sdk, config: ReturnType<typeof configOf>) => Client,
): Promise<Reached<Client>> {
  const endpoint = endpointOf(service, region, world.env);
  const url = new URL(endpoint.url);
  // a proxy that cannot be read is said before the first request
  if (url.protocol === 'https:') proxyFor(url.hostname, Number(url.port || '443'), world.env);
  // else the SDK says on stderr that Node 20 grows old
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const sdk = await import('./sdk.ts');
  return {
    client: make(sdk, configOf(endpoint, world)),
    sdk,
    url: endpoint.url,
    asked: (what) => ({ service, what, host: endpoint.host }),
  };
}

/** Everything that the SDK would look for if it were left out. */
function configOf({ url, region }: Endpoint, world: SsoWorld) {
  return {
    endpoint: url,
    region,
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
}

/** For services that want no signature: whatever tries to sign all the same fails. */
const unsigned = {
  credentials: () => Promise.reject(new Error('this request is not to be signed')),
};

function signedBy({ accessKeyId, secretAccessKey, sessionToken }: Credentials) {
  const token = sessionToken === undefined ? {} : { sessionToken };
  return { credentials: { accessKeyId, secretAccessKey, ...token } };
}
