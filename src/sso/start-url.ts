// The address of an access portal, as people paste it.
import { portalPath } from '../aws/start-url.ts';
import { UserError } from '../core/errors.ts';
import { isRegion } from './endpoints.ts';

export interface StartUrl {
  /** Without the `/`, `#` or `#/` at its end that the browser shows. */
  readonly url: string;
  /** Belongs to AWS by its host. False for a company's own address, and for a trap: the person must be asked. */
  readonly isAwsHost: boolean;
  /** The region that the host names; `d-….awsapps.com` names none. */
  readonly region: string | undefined;
}

/** Hosts below these are AWS's; the AWS CLI has the same list. */
const suffixes = [
  '.app.aws',
  '.portal.amazonaws.com',
  '.portal.amazonaws.com.cn',
  '.app.amazonwebservices.com.cn',
  '.portal.amazonaws.eu',
  '.api.amazonwebservices.eu',
  '.awsapps.com',
  '.awsapps.cn',
] as const;

/** Where issuer URLs live. */
const issuers: readonly string[] = [
  'identitycenter.amazonaws.com',
  'identitycenter.us-gov.amazonaws.com',
  'identitycenter.amazonaws.eu',
];

/** Throws a UserError for what cannot be one: not https, a user name in it, no address at all. */
export function checkStartUrl(text: string): StartUrl {
  const trimmed = text.trim();
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  if (url === undefined) {
    throw notOne('this is no address', 'It looks like https://d-1234567890.awsapps.com/start.');
  }
  if (url.protocol !== 'https:') {
    throw notOne('a start URL begins with https://', 'Copy it from the AWS access portal.');
  }
  if (url.username !== '' || url.password !== '') {
    throw notOne('it has a user name in it', 'What comes before the @ is no host; do not use it.');
  }
  if (url.hostname.endsWith('.')) {
    throw notOne('its host ends with a dot', 'Copy it from the AWS access portal.');
  }
  const isAwsHost =
    url.port === '' &&
    (issuers.includes(url.hostname) || suffixes.some((suffix) => url.hostname.endsWith(suffix)));
  return {
    url: `${url.origin}${portalPath(url)}`,
    isAwsHost,
    region: isAwsHost ? regionIn(url.hostname) : undefined,
  };
}

/** `ssoins-….REGION.portal.amazonaws.com`, `ssoins-….portal.REGION.app.aws` */
function regionIn(hostname: string): string | undefined {
  return hostname.split('.').find(isRegion);
}

function notOne(why: string, hint: string): UserError {
  return new UserError(`this cannot be the start URL of an AWS access portal: ${why}`, { hint });
}
