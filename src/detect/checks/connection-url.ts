// scheme://user:password@host: whether the password is one, and how far the host is from the world.

import type { Severity } from '../../core/finding.ts';
import type { Checks } from '../check.ts';

export const connectionUrlChecks: Checks = {
  'connection-password': (value, { before, after }) => {
    const url = /([a-z][a-z0-9+.-]{1,30}):\/\/([^\s:/@"'<>`]{0,255}):$/i.exec(before.slice(-300));
    const host = /^@(\[[0-9a-f:.]+\]|[^\s/:?#"'<>`,;)\\]+)/i.exec(after)?.[1]?.toLowerCase();
    if (url === null || host === undefined) return false;
    const [, scheme = '', user = ''] = url;
    if (reservedHost.test(host) || isInvented(value, user)) return false;
    return { severity: severityOf(host), subject: `${scheme.toLowerCase()}://${user}@${host}` };
  },

  /** password=… in a JDBC URL or in the semicolon-separated strings of .NET and ODBC. */
  'connection-setting': (value, { before, after }) => {
    const setting = before.slice(before.search(/[^"'`\n]*$/)) + after.slice(0, 300);
    const host =
      /(?:\/\/|@)(?:[^\s/@]*@)?(\[[0-9a-f:.]+\]|[\w.-]+)/i.exec(setting)?.[1] ??
      /(?:server|data source|host|address|addr|network address)\s*=\s*(?:tcp:)?([^\s;,:\\]+)/i.exec(
        setting,
      )?.[1];
    const user = /(?:user ?id|user ?name|user|uid)\s*=\s*([^;&\s"']+)/i.exec(setting)?.[1];
    if (host === undefined || user === undefined) return false;
    if (reservedHost.test(host) || isInvented(value, user)) return false;
    return { severity: severityOf(host.toLowerCase()), subject: `${user}@${host.toLowerCase()}` };
  },

  /** https://TOKEN:x-oauth-basic@host and https://TOKEN:@host. */
  'connection-token': (value, { after }) =>
    /^:(?:x-oauth-basic|x-oauth-token)?@[\w.-]/.test(after) &&
    /[0-9]/.test(value) &&
    /[A-Za-z]/.test(value) &&
    !/[$%{}<>]/.test(value),
};

/** What people write where a password would go: a few of these words, digits after them, nothing else. */
const inventedWords =
  'abc|admin|anoncvs|anonymous|apikey|app|bar|baz|changeit|changeme|db|database|default|demo|dev|development|docker|' +
  'dummy|elastic|example|foo|guest|here|hunter|key|letmein|local|localhost|minio|minioadmin|mongo|my|mysql|pass|password|' +
  'passwd|passwort|postgres|postgresql|prisma|pw|pwd|qwerty|rabbitmq|real|redis|root|sa|sample|secret|secure|some|strong|' +
  'super|test|testing|the|token|toor|user|username|vagrant|wd|word|xoauthbasic|xoauthtoken|your|xyzzy|x';
const invented = new RegExp(`^(?:${inventedWords})+$`);

const reference = /^[$%#]\w|[{}<>|]|\$\(|^\[.*\]?$|^%[sdv]$|\*{2,}|\.{3}|…|^:\w/;

function isInvented(password: string, user: string): boolean {
  const text = decodePercent(password).toLowerCase();
  // cvs://:pserver:anoncvs@host
  const last = text.slice(text.lastIndexOf(':') + 1);
  const letters = last.replace(/[^a-z0-9@$]/g, '').replace(/\d{0,4}$/, '');
  const plain = letters.replace(/[013457@$]/g, (sign) => plainLetters[sign] ?? sign);
  return (
    last.length < 3 ||
    /^(?:anonymous|anon)$/i.test(user) ||
    last === decodePercent(user).toLowerCase() ||
    letters === '' ||
    (letters.length <= 64 && (invented.test(letters) || invented.test(plain))) ||
    reference.test(password) ||
    reference.test(text)
  );
}

/** p4ssw0rd */
const plainLetters: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
};

/** Names that no machine has: RFC 2606, and words where a name would go. */
const reservedHost =
  /(?:^|\.)(?:example(?:\.(?:com|org|net))?|test|invalid)$|^(?:host|hostname|server|servername|domain|your[-_.].*|my[-_]?(?:host|server)|.*[${}<>].*)$/i;

/** Names that manuals like, and which may nevertheless be somebody's. */
const sampleHost =
  /(?:^|\.)(?:foo|bar|baz|bogus|acme|contoso|fabrikam|somewhere|some-?host|(?:my|your)?-?(?:domain|company|site|host|server|proxy|corp|org))\.(?:com|org|net|io|dev|tld)$/;

const localHost =
  /^(?:%2f.*|localhost|\(local\)|\.|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|host\.docker\.internal|[^.[\]]+|.+\.(?:local|localhost|localdomain))$/;
const privateHost =
  /^(?:10\.\d|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|.+\.(?:internal|lan|corp|home|svc|svc\.cluster\.local)$)/;

/** Names without a dot are machines of a compose file or a laptop. */
function severityOf(host: string): Severity {
  if (sampleHost.test(host)) return 'low';
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
