// Where the services are: by region and partition, or where AWS_ENDPOINT_URL_SSO_OIDC, _SSO, _STS and _IAM say.
// Always explicit, so that no SDK looks for itself in files or variables that name another store.
import { UserError } from '../core/errors.ts';

export type Service = 'oidc' | 'portal' | 'sts' | 'iam';

export const serviceNames: Readonly<Record<Service, string>> = {
  oidc: 'the sign-in service',
  portal: 'the AWS access portal',
  sts: 'AWS STS',
  iam: 'AWS IAM',
};

const variables: Readonly<Record<Service, string>> = {
  oidc: 'AWS_ENDPOINT_URL_SSO_OIDC',
  portal: 'AWS_ENDPOINT_URL_SSO',
  sts: 'AWS_ENDPOINT_URL_STS',
  iam: 'AWS_ENDPOINT_URL_IAM',
};

export interface Partition {
  /** As in ARNs. */
  readonly id: 'aws' | 'aws-cn' | 'aws-us-gov' | 'aws-eusc';
  readonly suffix: string;
  /**
   * Its first region: nobody has to switch it on, so that STS knows every key there; in others it calls a good key invalid.
   * IAM, which is one for the partition, has it in its signatures.
   */
  readonly home: string;
  readonly iam: string;
}

const partitions: readonly (Partition & { readonly regions: RegExp })[] = [
  {
    id: 'aws-cn',
    regions: /^cn-/,
    suffix: 'amazonaws.com.cn',
    iam: 'iam.cn-north-1.amazonaws.com.cn',
    home: 'cn-north-1',
  },
  {
    id: 'aws-us-gov',
    regions: /^us-gov-/,
    suffix: 'amazonaws.com',
    iam: 'iam.us-gov.amazonaws.com',
    home: 'us-gov-west-1',
  },
  {
    id: 'aws-eusc',
    regions: /^eusc-/,
    suffix: 'amazonaws.eu',
    iam: 'iam.eusc-de-east-1.amazonaws.eu',
    home: 'eusc-de-east-1',
  },
  {
    id: 'aws',
    regions: /^/,
    suffix: 'amazonaws.com',
    iam: 'iam.amazonaws.com',
    home: 'us-east-1',
  },
];

/** By shape: new regions come every year. The regions of isolated partitions (us-iso…) cannot be reached anyway. */
export function isRegion(text: string): boolean {
  return /^(?!us-iso)[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/.test(text);
}

export function partitionOf(region: string): Partition {
  const found = partitions.find(({ regions }) => regions.test(region));
  if (found === undefined || !isRegion(region)) throw noRegion(region);
  return found;
}

/** A region whose partition keys belong to, as a profile names it; what is no region stands for the usual one. */
export function regionOr(region: string | undefined, usual = 'us-east-1'): string {
  const isOne = region !== undefined && (isRegion(region) || region.startsWith('us-iso'));
  return isOne ? region : usual;
}

export interface Endpoint {
  /** Without a slash at the end. */
  readonly url: string;
  readonly host: string;
  /** The region that signatures name. */
  readonly region: string;
}

export function endpointOf(
  service: Service,
  region: string,
  env: Readonly<Record<string, string | undefined>>,
): Endpoint {
  const { suffix, home, iam } = partitionOf(region);
  const named = namedEndpoint(variables[service], env);
  if (named !== undefined) {
    // an STS of one's own (in a VPC) belongs to a region and wants it in the signature
    const signed = service === 'iam' ? home : region;
    return { url: named.href.replace(/\/$/, ''), host: named.host, region: signed };
  }
  const hosts: Readonly<Record<Service, string>> = {
    oidc: `oidc.${region}.${suffix}`,
    portal: `portal.sso.${region}.${suffix}`,
    sts: `sts.${home}.${suffix}`,
    iam,
  };
  const signed = service === 'iam' || service === 'sts' ? home : region;
  return { url: `https://${hosts[service]}`, host: hosts[service], region: signed };
}

/** What to tell somebody whose AWS_ENDPOINT_URL is set: it mostly names another store, so it is not used. */
export function noteOnEndpointUrl(
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  return (env['AWS_ENDPOINT_URL'] ?? '') === ''
    ? undefined
    : 'AWS_ENDPOINT_URL is set; signing in and checking keys goes to AWS all the same (AWS_ENDPOINT_URL_STS and its like would be used).';
}

/** This computer, by an address that no name server can change; `localhost` is Node's own too. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** https, or http to this computer, and nothing that stands for a password. */
export function isSafe(url: URL): boolean {
  return (
    url.username === '' &&
    url.password === '' &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)))
  );
}

function namedEndpoint(
  variable: string,
  env: Readonly<Record<string, string | undefined>>,
): URL | undefined {
  const text = env[variable] ?? '';
  const ignored = env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() === 'true';
  if (text === '' || ignored) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !isSafe(url) || url.search !== '' || url.hash !== '') {
    throw new UserError(`${variable} is no address that keys may be sent to`, {
      hint: `Set it to an https:// address (http:// only on this computer), or take it out: unset ${variable}`,
    });
  }
  return url;
}

function noRegion(region: string): UserError {
  const shown = /^[\w-]{1,40}$/.test(region) ? `"${region}" is` : 'this is';
  return new UserError(`${shown} no AWS region`, {
    hint: 'A region looks like eu-west-1; the page of IAM Identity Center in the AWS console shows its own.',
  });
}
