// scheme://user:password@host: whether the password is one, and how far the host is from the world.

import type { Severity } from '../../core/finding.ts';
import type { Checks } from '../check.ts';

export const connectionUrlChecks: Checks = {
  'connection-password': (value, { before, after }) => {
    const url = /([a-z][a-z0-9+.-]{1,30}):\/\/([^\s:/@"'<>`]{0,255}):$/i.exec(before.slice(-300));
    const host = hostAfter(after);
    if (url === null || host === undefined) return false;
    const [, scheme = '', user = ''] = url;
    if (templateHost.test(host) || isInvented(value, user)) return false;
    return {
      severity: isNamed(value) ? 'low' : severityOf(host),
      subject: `${scheme.toLowerCase()}://${user}@${host}`,
    };
  },

  /** password=… in a JDBC URL or in the semicolon-separated strings of .NET and ODBC. */
  'connection-setting': (value, { before, after }) => {
    // the string literal or the line that holds it
    const setting =
      before.slice(before.search(/[^"'`\n]*$/)) +
      after
        .slice(0, 300)
        .split(/["'`\n]/, 1)
        .join('');
    const host =
      /(?:server|data source|host|address|addr|network address)\s*=\s*(?:tcp:)?([^\s;,:\\]+)/i.exec(
        setting,
      )?.[1] ?? /\/\/(?:[^\s/@]*@)?(\[[0-9a-f:.]+\]|[\w.-]+)/i.exec(setting)?.[1];
    const user = /(?:user ?id|user ?name|user|uid)\s*=\s*([^;&\s"']+)/i.exec(setting)?.[1];
    if (host === undefined || user === undefined) return false;
    if (templateHost.test(host) || isInvented(value, user)) return false;
    return { severity: severityOf(host.toLowerCase()), subject: `${user}@${host.toLowerCase()}` };
  },

  /** jdbc:oracle:thin:user/password@host */
  'oracle-password': (value, { before, after }) => {
    const user = /:([^\s:/@"']{1,64})\/$/.exec(before.slice(-70))?.[1];
    const host = /^@(?:\/\/|.{0,80}HOST=)?([\w.-]+)/i.exec(after)?.[1]?.toLowerCase();
    if (user === undefined || host === undefined) return false;
    if (templateHost.test(host) || isInvented(value, user)) return false;
    return { severity: severityOf(host), subject: `${user}@${host}` };
  },

  /** https://TOKEN:x-oauth-basic@host and https://TOKEN:@host. */
  'connection-token': (value, { after }) =>
    /^:(?:x-oauth-basic|x-oauth-token)?@[\w.-]/.test(after) &&
    /[0-9]/.test(value) &&
    /[A-Za-z]/.test(value) &&
    !/[$%{}<>]/.test(value),
};

/** What stands behind the `@`, in Go's form for MySQL too: `tcp(host:3306)`. */
function hostAfter(after: string): string | undefined {
  const host = /^@(?:(?:tcp6?|udp6?|unix)\()?(\[[0-9a-f:.]+\]|[^\s/:?#"'<>`,;()\\]+)/i.exec(
    after,
  )?.[1];
  return host?.toLowerCase();
}

/** Called what it is, as in `sourcesecret` and `otel_password`: written for a test or a manual, or else a very bad one. */
function isNamed(password: string): boolean {
  return /^[a-z_. -]{0,16}(?:password|passwd|passphrase|secret)\d{0,4}$/i.test(
    decodePercent(password),
  );
}

/** What people write where a password would go: a few of these words, digits after them, nothing else. */
const inventedWords =
  'abc|admin|anoncvs|anonymous|apikey|app|bar|baz|changeit|changeme|db|database|default|demo|dev|development|docker|' +
  'dummy|elastic|example|foo|guest|here|hunter|key|letmein|local|localhost|minio|minioadmin|mongo|my|mysql|pass|password|' +
  'passwd|passwort|postgres|postgresql|prisma|proxy|pw|pwd|qwerty|rabbitmq|real|redis|root|sa|sample|secret|secure|some|' +
  'strong|super|test|testing|the|token|toor|user|username|vagrant|wd|word|xoauthbasic|xoauthtoken|your|xyzzy|x|' +
  'p4ssw0rd|passw0rd|s3cr3t';
const invented = new RegExp(`^(?:${inventedWords})+$`);

/** What manuals and standards gave to everybody: Oracle's demonstration, RFC 7616 and 7617, the halves of a name. */
const ofManuals: ReadonlySet<string> = new Set([
  'scott:tiger',
  'mufasa:circleoflife',
  'aladdin:opensesame',
  'wiki:pedia',
]);

const reference = /^[$%#]\w|[{}<>|]|\$\(|^\[.*\]?$|^%(?:\[\d\])?[sdvq]$|\*{2,}|\.{3}|…|^:\w/;

function isInvented(password: string, user: string): boolean {
  const text = decodePercent(password).toLowerCase();
  // cvs://:pserver:anoncvs@host
  const last = text.slice(text.lastIndexOf(':') + 1);
  const letters = last.replace(/[^a-z0-9@$]/g, '');
  const words = /^[a-z_.\d-]+$/.test(last) || /^[a-z#&+! ]+$/.test(last) ? letters : last;
  const name = decodePercent(user).toLowerCase();
  return (
    last.length < 3 ||
    /^(?:anonymous|anon)$/.test(name) ||
    last === name ||
    last === name.replace(/user(?:name)?$/, 'pass') ||
    ofManuals.has(`${name}:${letters}`) ||
    /^[^a-z]{1,8}$/.test(last) ||
    (words.length <= 64 &&
      (invented.test(words) || invented.test(words.replace(/\d{1,4}$/, '')))) ||
    reference.test(password) ||
    reference.test(text)
  );
}

/** Not names but places for one. */
const templateHost =
  /^(?:host|hostname|server|servername|domain|your[-_.].*|my[-_]?(?:host|server)|.*[${}<>].*)$/i;

/** RFC 2606: names that no machine has. RFC 5737 and 3849: such addresses. */
const reservedHost =
  /(?:^|\.)(?:example(?:\.(?:com|org|net))?|test|invalid)$|^(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$|^\[2001:0?db8:/;

/** Names that manuals like, and which may nevertheless be somebody's. */
const sampleHost =
  /^[a-z]\.[a-z]{2,3}$|^1\.2\.3\.4$|(?:^|\.)(?:foo|bar|baz|bogus|acme|contoso|fabrikam|somewhere|some-?host|(?:my|your)?-?(?:domain|company|site|host|server|proxy|corp|org))\.(?:com|org|net|io|dev|tld)$/;

const localHost =
  /^(?:%2f.*|localhost|\(local\)|\.|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|host\.docker\.internal|[^.[\]]+|.+\.(?:local|localhost|localdomain))$/;
const privateHost =
  /^(?:10\.\d|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|.+\.(?:internal|lan|corp|home|svc|svc\.cluster\.local)$)/;

/** Names without a dot are machines of a compose file or a laptop. */
function severityOf(host: string): Severity {
  if (reservedHost.test(host) || sampleHost.test(host)) return 'low';
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
