// The address of an access portal, as people paste it (aws.md 4.3).
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

/** Hosts below these are AWS's (aws.md 4.3, the AWS CLI's list). */
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
    url: `${url.origin}${pathOf(url)}`,
    isAwsHost,
    region: isAwsHost ? regionIn(url.hostname) : undefined,
  };
}

/** Whether two spellings mean one portal; the AWS CLI's cache tells them apart, the service does not. */
export function sameStartUrl(a: string, b: string): boolean {
  return normalised(a) === normalised(b);
}

function normalised(text: string): string {
  return URL.canParse(text) ? checkedOr(text) : text;
}

function checkedOr(text: string): string {
  const url = new URL(text);
  return `${url.origin}${pathOf(url)}`;
}

/** What follows # or ? is the page the person was on. The bare host of a portal leads to /start. */
function pathOf(url: URL): string {
  const path = url.pathname.replace(/\/+$/, '');
  return path === '' && /^[a-z0-9-]+\.awsapps\.com$/.test(url.hostname) ? '/start' : path;
}

/** `ssoins-….REGION.portal.amazonaws.com`, `ssoins-….portal.REGION.app.aws` */
function regionIn(hostname: string): string | undefined {
  return hostname.split('.').find(isRegion);
}

function notOne(why: string, hint: string): UserError {
  return new UserError(`this cannot be the start URL of an AWS access portal: ${why}`, { hint });
}
