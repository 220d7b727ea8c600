// scheme://user:password@host: whether the password is one, and how far the host is from the world.

import type { Severity } from '../../core/finding.ts';
import type { Checks } from '../check.ts';

export const connectionUrlChecks: Checks = {
  'connection-password': (value, { before, after }) => {
    const url = /([a-z][a-z0-9+.-]{1,30}):\/\/([^\s:/@"'<>`]{0,255}):$/i.exec(before.slice(-300));
    const host = /^@(\[[0-9a-f:.]+\]|[^\s/:?#"'<>`,;)\\]+)/i.exec(after)?.[1]?.toLowerCase();
    if (url === null || host === undefined) return false;
    const [, scheme = '', user = ''] = url;
    if (isInvented(user, value, host)) return false;
    const severity = severityOf(host);
    return { severity, subject: `${scheme.toLowerCase()}://${user}@${host}` };
  },

  /** https://TOKEN:x-oauth-basic@host and https://TOKEN:@host. */
  'connection-token': (value, { after }) =>
    /^:(?:x-oauth-basic|x-oauth-token)?@[\w.-]/.test(after) &&
    /[0-9]/.test(value) &&
    /[A-Za-z]/.test(value) &&
    !/[$%{}<>]/.test(value),
};

/** What people write where a password would go. */
const commonWords = new Set(
  (
    'admin changeit changeme default demo dev development dummy example foo guest hunter2 letmein local localhost my ' +
    'pass passw0rd passwd password passwort postgres mysql mongo redis rabbitmq root s3cr3t sa sample secret test ' +
    'testing toor token user username pwd pw mypass mypassword mysecret yourpassword qwerty 123 1234 12345 123456 ' +
    '12345678 123456789 bar baz x xx xxx xxxx abc abc123 password1 password123 test123 admin123 root123 prisma app db ' +
    'postgrespassword postgresql minio minioadmin elastic docker vagrant supersecret somepassword apikey api_key key ' +
    'strongpassword securepassword x-oauth-basic x-oauth-token'
  ).split(' '),
);

function isInvented(user: string, password: string, host: string): boolean {
  const text = decodePercent(password);
  const simple = text.toLowerCase().replace(/[-_.!]/g, '');
  return (
    text.length < 3 ||
    /^(?:anonymous|anon)$/i.test(user) ||
    commonWords.has(text.toLowerCase()) ||
    commonWords.has(simple) ||
    text.toLowerCase() === decodePercent(user).toLowerCase() ||
    /^[$%#]\w|[{}<>|]|\$\(|^\[.*\]?$|^%[sdv]$|\*{2,}|\.{3}|…/.test(text) ||
    /^(?:(?:your|my|the|some|user|db|database|real|new)?[-_ ]?(?:user)?(?:pass(?:word|wd|wort)?|secret|pwd)[-_ ]?(?:here)?)\d{0,3}$/i.test(
      text,
    ) ||
    exampleHost.test(host)
  );
}

const exampleHost =
  /(?:^|\.)(?:example(?:\.(?:com|org|net))?|test|invalid)$|^(?:host|hostname|server|servername|domain|your[-_.].*|my[-_]?(?:host|server)|.*[${}<>].*)$/i;

const localHost =
  /^(?:%2f.*|localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|host\.docker\.internal|[^.[\]]+|.+\.(?:local|localhost|localdomain))$/i;
const privateHost =
  /^(?:10\.\d|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|.+\.(?:internal|lan|corp|home|svc|svc\.cluster\.local)$)/i;

/** Names without a dot are machines of a compose file or a laptop. */
function severityOf(host: string): Severity {
  if (localHost.test(host) && !host.endsWith('.svc.cluster.local')) return 'low';
  return privateHost.test(host) ? 'medium' : 'high';
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
