// Which way requests take: AWS's hosts, addresses from the environment, proxies, certificates; and that nothing else in the
// environment or in the home folder sends a key anywhere.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Credentials } from '../src/sso/api.ts';
import {
  callerIdentity,
  checkStartUrl,
  isRegion,
  lastUse,
  noteOnEndpointUrl,
  openPortal,
  partitionOf,
  signIn,
  SsoError,
} from '../src/sso/index.ts';
import { endpointOf, type Service } from '../src/sso/endpoints.ts';
import { proxyFor } from '../src/sso/proxy.ts';
import { type FakeAws, startFakeAws } from './support/fake-aws.ts';
import { judged, pythonWithBoto3 } from './support/judges.ts';
import { makeAuthority, startProxy, startTrap, tlsInFrontOf } from './support/network.ts';
import { projectRoot, start, temporaryFolder, writeTree } from './support/run.ts';
import { sessionOf, ssoWorld } from './support/sso-world.ts';
import { until } from './support/until.ts';

const authority = makeAuthority();
const withAuthority = authority === undefined ? describe.skip : describe;
if (authority === undefined) console.warn('skipped: openssl is not installed here');
const server = authority ?? { ca: '', key: '', cert: '' };
const { ca } = server;

let aws: FakeAws;
const open: { close: () => Promise<void> }[] = [];
beforeEach(async () => {
  aws = await startFakeAws();
  aws.world.pendingPolls = 0;
  open.push(aws);
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function opened<Each extends { close: () => Promise<void> }>(
  promise: Promise<Each>,
): Promise<Each> {
  const each = await promise;
  open.push(each);
  return each;
}

withAuthority('through a proxy', () => {
  it('goes everything, to the hosts of AWS, whose names only the proxy looks up', async () => {
    aws.world.verificationUri = 'https://device.sso.us-east-1.amazonaws.com/';
    const tls = await opened(tlsInFrontOf(aws.port, server));
    const proxy = await opened(startProxy(tls.port));
    const world = ssoWorld({ env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` } }, { ca });
    const token = await signIn({ session: sessionOf(aws), flow: 'device' }, nobody(), world);
    const portal = openPortal(token, world);
    await portal.accounts();
    const role = await portal.credentials('111122223333', 'AdministratorAccess');
    expect((await callerIdentity(role, world)).ok).toBe(true);
    expect((await lastUse(alice().accessKeyId, role, world)).ok).toBe(true);
    // one tunnel for each host: connections are kept
    expect(proxy.asked).toEqual(
      [
        'oidc.us-east-1.amazonaws.com:443',
        'portal.sso.us-east-1.amazonaws.com:443',
        'sts.us-east-1.amazonaws.com:443',
        'iam.amazonaws.com:443',
      ].map((target) => ({ target, authorization: undefined })),
    );
    expect(aws.log.map(({ host }) => host.includes('127.0.0.1'))).not.toContain(true);
  });

  it('that asks for a password gets the one of HTTPS_PROXY, percent-decoded', async () => {
    const tls = await opened(tlsInFrontOf(aws.port, server));
    const proxy = await opened(startProxy(tls.port, { wants: 'dana:p@ss word' }));
    const env = {
      https_proxy: `http://dana:${encodeURIComponent('p@ss word')}@127.0.0.1:${proxy.port}`,
    };
    expect(await ask({ env }, { ca })).toBe(true);
  });

  it('gets a password with a % that starts no character as it is written', async () => {
    const tls = await opened(tlsInFrontOf(aws.port, server));
    const wants = 'dana:100%zz';
    const proxy = await opened(startProxy(tls.port, { wants }));
    const env = { https_proxy: `http://${wants}@127.0.0.1:${proxy.port}` };
    expect(await ask({ env }, { ca })).toBe(true);
  });

  it('with the wrong password says so, and not which', async () => {
    const tls = await opened(tlsInFrontOf(aws.port, server));
    const proxy = await opened(startProxy(tls.port, { wants: 'dana:right' }));
    const env = {
      HTTPS_PROXY: `http://dana:${encodeURIComponent('wrong word')}@127.0.0.1:${proxy.port}`,
    };
    expect(await ask({ env }, { ca })).toEqual([
      'unreachable',
      'cannot ask whose credentials these are: the proxy of HTTPS_PROXY wants a user name and password',
      'Put them into HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT.',
    ]);
    expect(aws.log).toEqual([]);
  });

  it.each<[string, Parameters<typeof startProxy>[1], string]>([
    [
      'refuses',
      { refuses: 403 },
      'the proxy of HTTPS_PROXY does not connect to sts.us-east-1.amazonaws.com',
    ],
    [
      'answers with an error',
      { refuses: 502 },
      'the proxy of HTTPS_PROXY does not connect to sts.us-east-1.amazonaws.com',
    ],
    ['does not answer', { hangs: true }, 'sts.us-east-1.amazonaws.com does not answer'],
  ])('that %s is said', async (_what, options, words) => {
    const proxy = await opened(startProxy(aws.port, options));
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    expect(await ask({ env }, { ca, timeout: 150 })).toEqual([
      'unreachable',
      `cannot ask whose credentials these are: ${words}`,
      expect.any(String),
    ]);
  });

  it('that does not answer is left at once with Ctrl-C', async () => {
    const proxy = await opened(startProxy(aws.port, { hangs: true }));
    const world = ssoWorld({ env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` } }, { ca });
    const asking = failureOf(callerIdentity(alice(), world));
    await until(() => proxy.asked.length > 0);
    world.interrupt();
    expect((await asking)[0]).toBe('interrupted');
  });

  it('that is no proxy, or does not listen, is said', async () => {
    const server = await opened(startTrap());
    for (const port of [server.port, 9]) {
      const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
      expect((await asList({ env }, { ca }))[0]).toBe('unreachable');
    }
  });

  it('that speaks TLS is trusted by the same certificates', async () => {
    const tls = await opened(tlsInFrontOf(aws.port, server));
    const proxy = await opened(startProxy(tls.port, { tls: server }));
    const env = { HTTPS_PROXY: `https://localhost:${proxy.port}` };
    expect(await ask({ env }, { ca })).toBe(true);
    expect((await asList({ env }))[0]).toBe('unreachable');
  });

  it('goes nothing that NO_PROXY names, nor what stays on this computer in the clear', async () => {
    const tls = await opened(tlsInFrontOf(aws.port, server));
    const trap = await opened(startTrap());
    const proxy = `http://127.0.0.1:${trap.port}`;
    const env = { HTTPS_PROXY: proxy, NO_PROXY: 'localhost', HTTP_PROXY: proxy, ALL_PROXY: proxy };
    const named = { ...env, AWS_ENDPOINT_URL_STS: `https://localhost:${tls.port}` };
    expect(await ask({ env: named }, { ca })).toBe(true);
    expect(await ask({ env: { ...env, ...aws.env } })).toBe(true);
    expect(trap.caught).toEqual([]);
  });
});

describe('the proxy of an address', () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    ['HTTPS_PROXY', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['https_proxy', { https_proxy: 'http://p:1' }, 'http://p:1/'],
    ['lower case first', { https_proxy: 'http://q:2', HTTPS_PROXY: 'http://p:1' }, 'http://q:2/'],
    ['lower case, and empty', { https_proxy: '', HTTPS_PROXY: 'http://p:1' }, undefined],
    ['no scheme', { HTTPS_PROXY: 'p:1' }, 'http://p:1/'],
    ['two slashes', { HTTPS_PROXY: '//p:1' }, 'http://p:1/'],
    ['a name alone', { HTTPS_PROXY: 'p' }, 'http://p/'],
    ['HTTP_PROXY alone', { HTTP_PROXY: 'http://p:1', ALL_PROXY: 'http://p:1' }, undefined],
    ['NO_PROXY, all', { HTTPS_PROXY: 'p:1', NO_PROXY: '*' }, undefined],
    [
      'NO_PROXY, the host',
      { HTTPS_PROXY: 'p:1', NO_PROXY: 'a, sts.eu-west-1.amazonaws.com' },
      undefined,
    ],
    ['NO_PROXY, a domain', { HTTPS_PROXY: 'p:1', NO_PROXY: 'AMAZONAWS.COM' }, undefined],
    [
      'NO_PROXY, a domain with a dot',
      { HTTPS_PROXY: 'p:1', no_proxy: '.amazonaws.com' },
      undefined,
    ],
    ['NO_PROXY, with the port', { HTTPS_PROXY: 'p:1', NO_PROXY: 'amazonaws.com:443' }, undefined],
    ['NO_PROXY, another port', { HTTPS_PROXY: 'p:1', NO_PROXY: 'amazonaws.com:80' }, 'http://p:1/'],
    ['NO_PROXY, a part of a name', { HTTPS_PROXY: 'p:1', NO_PROXY: 'aws.com' }, 'http://p:1/'],
    ['NO_PROXY, commas', { HTTPS_PROXY: 'p:1', NO_PROXY: ' , ,' }, 'http://p:1/'],
  ])('%s', (_what, env, expected) => {
    expect(proxyFor('sts.eu-west-1.amazonaws.com', 443, env)?.href).toBe(expected);
  });

  const python = pythonWithBoto3();
  (python === undefined ? it.skip : it)('is the one that botocore finds', () => {
    const lists = [
      '',
      '*',
      'amazonaws.com',
      '.amazonaws.com',
      'aws.com',
      'eu-west-1.amazonaws.com:443',
    ];
    const environments = [undefined, '', 'p:1', 'http://u:p@p:1', '//p', 'https://p'].flatMap(
      (upper) =>
        [undefined, '', 'http://q:2'].flatMap((lower) =>
          lists.map((none) => ({
            ...(upper === undefined ? {} : { HTTPS_PROXY: upper }),
            ...(lower === undefined ? {} : { https_proxy: lower }),
            NO_PROXY: none,
          })),
        ),
    );
    const script = `
import json, os, sys
from urllib.parse import urlparse
from botocore.httpsession import ProxyConfiguration
from botocore.utils import get_environ_proxies
url = 'https://sts.eu-west-1.amazonaws.com:443/'
found = []
for env in json.load(sys.stdin):
    os.environ.clear(); os.environ.update(env)
    proxy = ProxyConfiguration(get_environ_proxies(url)).proxy_url_for(url)
    found.append(proxy and [urlparse(proxy).scheme, urlparse(proxy).netloc])
print(json.dumps(found))`;
    const ours = environments.map((env) => {
      const proxy = proxyFor('sts.eu-west-1.amazonaws.com', 443, env);
      const user =
        proxy?.username === '' ? '' : `${proxy?.username ?? ''}:${proxy?.password ?? ''}@`;
      return proxy === undefined ? null : [proxy.protocol.replace(':', ''), user + proxy.host];
    });
    expect(ours).toEqual(judged(python!, ['-c', script], environments));
  });

  it.each(['socks5://p:1', 'socks5h://u:secretpassword@p:1', 'http://', 'http://p:port'])(
    '%s is refused before anything is asked, and not repeated',
    async (proxy) => {
      const error = await callerIdentity(alice(), ssoWorld({ env: { HTTPS_PROXY: proxy } })).catch(
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({
        name: 'UserError',
        message: 'HTTPS_PROXY is no address of a proxy',
      });
    },
  );
});

withAuthority('certificates', () => {
  it('of a company are trusted when AWS_CA_BUNDLE names them, and only then', async () => {
    const tls = await opened(tlsInFrontOf(aws.port, server));
    const env = { AWS_ENDPOINT_URL_STS: `https://localhost:${tls.port}` };
    expect(await ask({ env }, { ca })).toBe(true);
    expect(await ask({ env })).toEqual([
      'unreachable',
      expect.stringMatching(
        /^cannot ask whose credentials these are: the certificate of localhost:\d+ is not trusted \(/,
      ),
      'Where a proxy opens connections, name its certificates: AWS_CA_BUNDLE=/path/to/bundle.pem.',
    ]);
    expect(aws.log.length).toBe(1);
  });

  it('are checked, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
    const tls = await opened(tlsInFrontOf(aws.port, server));
    const env = { AWS_ENDPOINT_URL_STS: `https://localhost:${tls.port}` };
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      expect((await asList({ env }))[0]).toBe('unreachable');
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
    expect(aws.log).toEqual([]);
  });

  it('for another host are not taken, straight or through a proxy', async () => {
    const tls = await opened(tlsInFrontOf(aws.port, server));
    const proxy = await opened(startProxy(tls.port));
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const asking = callerIdentity(alice(), ssoWorld({ env }, { ca }), 'cn-north-1');
    expect((await failureOf(asking)).slice(0, 2)).toEqual([
      'unreachable',
      'cannot ask whose credentials these are: the certificate of sts.cn-north-1.amazonaws.com.cn is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)',
    ]);
    expect(aws.log).toEqual([]);
  });

  it('that cannot be read trust nobody', async () => {
    const tls = await opened(tlsInFrontOf(aws.port, server));
    const env = { AWS_ENDPOINT_URL_STS: `https://localhost:${tls.port}` };
    const broken = '-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n';
    for (const text of ['', 'nothing', broken]) {
      expect((await asList({ env }, { ca: text }))[0]).toBe('unreachable');
    }
  });
});

describe('endpoints', () => {
  it.each([
    'http://sts.amazonaws.com',
    'http://127.0.0.1.evil.example',
    'http://169.254.169.254/',
    'https://user:pass@sts.amazonaws.com',
    'ftp://127.0.0.1/',
    'sts.amazonaws.com',
    'https://sts.amazonaws.com/?a=b',
    'https://',
  ])('at %s are refused before anything is sent', async (url) => {
    const error = await callerIdentity(
      alice(),
      ssoWorld({ env: { AWS_ENDPOINT_URL_STS: url } }),
    ).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: 'UserError',
      message: 'AWS_ENDPOINT_URL_STS is no address that keys may be sent to',
      hint: 'Set it to an https:// address (http:// only on this computer), or take it out: unset AWS_ENDPOINT_URL_STS',
    });
  });

  it('of the environment are used as they are, unless they are switched off', () => {
    const env = { AWS_ENDPOINT_URL_STS: 'https://vpce.example:8443/sts/' };
    expect(endpointOf('sts', 'eu-west-1', env)).toEqual({
      url: 'https://vpce.example:8443/sts',
      host: 'vpce.example:8443',
      region: 'eu-west-1',
    });
    expect(
      endpointOf('sts', 'eu-west-1', { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }).host,
    ).toBe('sts.us-east-1.amazonaws.com');
    expect(endpointOf('iam', 'eu-west-1', env).host).toBe('iam.amazonaws.com');
  });

  it('that are meant for another store are left alone, and that is said', () => {
    const env = { AWS_ENDPOINT_URL: 'https://minio.example' };
    expect(endpointOf('sts', 'eu-west-1', env).host).toBe('sts.us-east-1.amazonaws.com');
    expect(noteOnEndpointUrl(env)).toMatch(
      /^AWS_ENDPOINT_URL is set; signing in and checking keys/,
    );
    expect(noteOnEndpointUrl({})).toBeUndefined();
    expect(noteOnEndpointUrl({ AWS_ENDPOINT_URL: '' })).toBeUndefined();
  });

  it.each([
    'us-east-1',
    'eu-central-2',
    'ap-southeast-5',
    'mx-central-1',
    'cn-northwest-1',
    'us-gov-east-1',
    'eusc-de-east-1',
  ])('in %s are those that the SDK has', async (region) => {
    expect(isRegion(region)).toBe(true);
    const [{ SSOOIDCClient }, { SSOClient }, { STSClient }, { IAMClient }] = await Promise.all([
      import('@aws-sdk/client-sso-oidc'),
      import('@aws-sdk/client-sso'),
      import('@aws-sdk/client-sts'),
      import('@aws-sdk/client-iam'),
    ]);
    process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
    const clients = {
      oidc: new SSOOIDCClient({ region }),
      portal: new SSOClient({ region }),
      sts: new STSClient({ region }),
      iam: new IAMClient({ region }),
    };
    for (const service of ['oidc', 'portal', 'sts', 'iam'] as const satisfies readonly Service[]) {
      // STS is asked in the partition's first region, which no account has to switch on
      const Region = service === 'sts' ? partitionOf(region).home : region;
      const parameters = { Region, UseDualStack: false, UseFIPS: false };
      const { url, properties } = clients[service].config.endpointProvider(parameters, {});
      const scheme = (properties?.['authSchemes'] as { signingRegion?: string }[] | undefined)?.[0];
      const ours = endpointOf(service, region, {});
      expect([service, ours.url, ours.region]).toEqual([
        service,
        url.href.replace(/\/$/, ''),
        scheme?.signingRegion ?? Region,
      ]);
    }
    expect(partitionOf(region).id).toMatch(/^aws/);
  });

  it.each([
    '',
    'us-east',
    'us_east_1',
    'us-east-1.evil.example',
    'us-east-1/',
    'US-EAST-1',
    'us-east-1\n',
    'us-iso-east-1',
    'a'.repeat(99),
  ])('do not exist in "%s"', (region) => {
    expect(isRegion(region)).toBe(false);
    expect(() => endpointOf('sts', region, {})).toThrow(/no AWS region/);
  });
});

describe('a start URL', () => {
  const start = 'https://d-1234567890.awsapps.com/start';
  it.each<[string, string, boolean, string | undefined]>([
    [start, start, true, undefined],
    [`${start}/`, start, true, undefined],
    [`${start}#`, start, true, undefined],
    [`${start}#/`, start, true, undefined],
    [`${start}/#/?tab=accounts`, start, true, undefined],
    [` ${start}\n`, start, true, undefined],
    [
      'HTTPS://MoonBakery.awsapps.com/start',
      'https://moonbakery.awsapps.com/start',
      true,
      undefined,
    ],
    ['https://moonbakery.awsapps.com', 'https://moonbakery.awsapps.com/start', true, undefined],
    [
      'https://ssoins-1234567890abcdef.eu-west-1.portal.amazonaws.com',
      'https://ssoins-1234567890abcdef.eu-west-1.portal.amazonaws.com',
      true,
      'eu-west-1',
    ],
    [
      'https://ssoins-1234567890abcdef.portal.ap-southeast-2.app.aws/',
      'https://ssoins-1234567890abcdef.portal.ap-southeast-2.app.aws',
      true,
      'ap-southeast-2',
    ],
    [
      'https://identitycenter.amazonaws.com/ssoins-1234567890abcdef',
      'https://identitycenter.amazonaws.com/ssoins-1234567890abcdef',
      true,
      undefined,
    ],
    [
      'https://start.us-gov-home.awsapps.com/directory/moonbakery',
      'https://start.us-gov-home.awsapps.com/directory/moonbakery',
      true,
      undefined,
    ],
    [
      'https://start.home.awsapps.cn/directory/moonbakery',
      'https://start.home.awsapps.cn/directory/moonbakery',
      true,
      undefined,
    ],
    ['https://sso.moonbakery.example/', 'https://sso.moonbakery.example', false, undefined],
    [
      'https://d-1.awsapps.com.evil.example/start',
      'https://d-1.awsapps.com.evil.example/start',
      false,
      undefined,
    ],
    ['https://evilawsapps.com/start', 'https://evilawsapps.com/start', false, undefined],
    [
      'https://eu-west-1.evil.example/start',
      'https://eu-west-1.evil.example/start',
      false,
      undefined,
    ],
    ['https://d-1.awsapps.com:8443/start', 'https://d-1.awsapps.com:8443/start', false, undefined],
    // a Cyrillic а, which looks like ours
    [
      'https://d-1.\u0430wsapps.com/start',
      'https://d-1.xn--wsapps-2nf.com/start',
      false,
      undefined,
    ],
  ])('%j is %s', (text, url, isAwsHost, region) => {
    expect(checkStartUrl(text)).toEqual({ url, isAwsHost, region });
  });

  it.each([
    '',
    'moonbakery',
    'd-1234567890.awsapps.com/start',
    'http://d-1234567890.awsapps.com/start',
    'https://d-1234567890.awsapps.com@evil.example/start',
    'https://d-1234567890.awsapps.com./start',
    'javascript:alert(1)',
    'file:///etc/passwd',
  ])('cannot be %j', (text) => {
    expect(() => checkStartUrl(text)).toThrow(
      /^this cannot be the start URL of an AWS access portal: /,
    );
  });
});

describe('what the SDK could find by itself', () => {
  it('is not looked for: no file of ~/.aws, no variable but the four, no metadata service', async () => {
    const trap = await opened(startTrap());
    const evil = `http://127.0.0.1:${trap.port}`;
    const work = temporaryFolder('bundle');
    const home = temporaryFolder('home');
    writeTree(home, {
      '.aws/config': `[default]\nregion = eu-west-3\nendpoint_url = ${evil}\nservices = evil\nretry_mode = adaptive\ncredential_process = touch ${join(home, 'ran')}\nuse_fips_endpoint = true\n[services evil]\nsts =\n  endpoint_url = ${evil}\nsso =\n  endpoint_url = ${evil}\n`,
      '.aws/credentials': `[default]\naws_access_key_id = AKIA${'Z'.repeat(16)}\naws_secret_access_key = ${'z'.repeat(40)}\n`,
      token: 'a web identity token',
    });
    const seen = join(work, 'seen.json');
    writeTree(work, { 'spy.cjs': spy(seen), 'run.mjs': program(aws) });
    const bundle = await build({
      absWorkingDir: projectRoot,
      entryPoints: ['src/sso/index.ts'],
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      outfile: join(work, 'sso.mjs'),
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
      },
    });
    expect(bundle.errors).toEqual([]);
    const result = await start(['--require', join(work, 'spy.cjs'), join(work, 'run.mjs')], {
      command: process.execPath,
      cwd: work,
      home,
      env: {
        ...aws.env,
        AWS_ENDPOINT_URL: evil,
        AWS_ENDPOINT_URL_S3: evil,
        AWS_ACCESS_KEY_ID: `AKIA${'Y'.repeat(16)}`,
        AWS_SECRET_ACCESS_KEY: 'y'.repeat(40),
        AWS_SESSION_TOKEN: 'y'.repeat(400),
        AWS_PROFILE: 'evil',
        AWS_DEFAULT_PROFILE: 'evil',
        AWS_REGION: 'ap-evil-1',
        AWS_DEFAULT_REGION: 'ap-evil-1',
        AWS_CONFIG_FILE: join(home, '.aws/config'),
        AWS_SHARED_CREDENTIALS_FILE: join(home, '.aws/credentials'),
        AWS_MAX_ATTEMPTS: '40',
        AWS_RETRY_MODE: 'adaptive',
        AWS_DEFAULTS_MODE: 'auto',
        AWS_USE_FIPS_ENDPOINT: 'true',
        AWS_USE_DUALSTACK_ENDPOINT: 'true',
        AWS_STS_REGIONAL_ENDPOINTS: 'legacy',
        AWS_AUTH_SCHEME_PREFERENCE: 'sigv4a,noAuth',
        AWS_SIGV4A_SIGNING_REGION_SET: '*',
        AWS_SDK_UA_APP_ID: 'evil',
        AWS_EC2_METADATA_SERVICE_ENDPOINT: evil,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${evil}/credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 'y',
        AWS_WEB_IDENTITY_TOKEN_FILE: join(home, 'token'),
        AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/evil',
        AWS_BEARER_TOKEN_SSO: 'y',
        HTTP_PROXY: evil,
        http_proxy: evil,
        ALL_PROXY: evil,
        NODE_USE_ENV_PROXY: '1',
      },
    }).finished;
    expect([result.stderr, result.code]).toEqual(['', 0]);
    expect(JSON.parse(result.stdout)).toEqual({
      accounts: 3,
      role: expect.stringMatching(/AWSReservedSSO_AdministratorAccess_/),
      user: 'arn:aws:iam::111122223333:user/alice',
      used: true,
      policies: ['AdministratorAccess'],
    });
    const {
      opened: files,
      connected,
      spawned,
    } = JSON.parse(readFileSync(seen, 'utf8')) as {
      opened: string[];
      connected: string[];
      spawned: string[];
    };
    expect({
      home: files.filter((path) => path.startsWith(home)),
      hosts: [...new Set(connected)],
      spawned,
      trap: trap.caught.length,
      ran: existsSync(join(home, 'ran')),
      signers: [...new Set(aws.log.map(({ signer }) => signer?.slice(0, 8)))],
      scopes: [...new Set(aws.log.map(({ scope }) => scope))],
      agents: [...new Set(aws.log.map(({ userAgent }) => / app\/(\S+)/.exec(userAgent)?.[1]))],
    }).toEqual({
      home: [],
      hosts: [`127.0.0.1:${aws.port}`],
      spawned: [],
      trap: 0,
      ran: false,
      signers: [
        undefined,
        [...aws.state.sessions.keys()][0]?.slice(0, 8),
        alice().accessKeyId.slice(0, 8),
      ],
      scopes: [null, 'us-east-1/sts', 'us-east-1/iam'],
      agents: ['keyscan'],
    });
  }, 60_000);
});

// ---------------------------------------------------------------------------------------------------------------------------

/** Signs in with the bundle, asks each service once and prints what it heard. */
function program({ world }: FakeAws): string {
  const session = JSON.stringify(sessionOf(aws));
  const key = JSON.stringify(alice());
  return `
    import * as sso from './sso.mjs';
    const world = {
      env: process.env, ca: undefined, now: () => new Date(), signal: new AbortController().signal,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 10))),
    };
    const screen = { show() {}, open() {} };
    const token = await sso.signIn({ session: ${session}, flow: 'device' }, screen, world);
    const portal = sso.openPortal(await sso.refresh(token, world), world);
    const accounts = await portal.accounts();
    const role = await portal.credentials('111122223333', 'AdministratorAccess');
    const { arn } = await sso.callerIdentity(role, world);
    const user = await sso.callerIdentity(${key}, world);
    const used = await sso.lastUse(${JSON.stringify(alice().accessKeyId)}, role, world);
    const policies = await sso.policiesOfUser(${JSON.stringify(world.users[0]!.name)}, role, world);
    console.log(JSON.stringify({ accounts: accounts.length, role: arn, user: user.arn, used: used.ok, policies }));
  `;
}

/** Writes down every file that is opened, every address that is connected to and every program that is started. */
function spy(seen: string): string {
  return `
    const fs = require('node:fs'), net = require('node:net'), child = require('node:child_process');
    const write = fs.writeFileSync, opened = [], connected = [], spawned = [];
    const watch = (object, name, note) => {
      const real = object[name];
      object[name] = function (...args) { note(args); return real.apply(this, args); };
    };
    const path = ([file]) => opened.push(String(file));
    for (const name of ['readFile', 'readFileSync', 'open', 'openSync', 'stat', 'statSync', 'access', 'accessSync', 'createReadStream', 'existsSync', 'readdir', 'readdirSync']) watch(fs, name, path);
    for (const name of ['readFile', 'open', 'stat', 'access', 'readdir']) watch(fs.promises, name, path);
    for (const name of ['spawn', 'spawnSync', 'exec', 'execFile', 'execSync', 'execFileSync']) watch(child, name, started);
    function started([file]) { spawned.push(String(file)); }
    watch(net.Socket.prototype, 'connect', ([options]) => {
      const { host, port } = Array.isArray(options) ? options[0] : options;
      connected.push(host + ':' + port);
    });
    require('node:module').syncBuiltinESMExports();
    process.on('exit', () => write(${JSON.stringify(seen)}, JSON.stringify({ opened, connected, spawned })));
  `;
}

function nobody() {
  return { show: () => undefined, open: () => undefined };
}

function alice(): Credentials {
  const { id, secret } = aws.world.users[0]!.keys[0]!;
  return { accessKeyId: id, secretAccessKey: secret, sessionToken: undefined };
}

/** True when STS answers for alice's key, else why not. */
async function ask(...[env, changes]: Parameters<typeof ssoWorld>) {
  const asking = callerIdentity(alice(), ssoWorld(env, changes)).then(({ ok }) => ok);
  return asking.catch((error: unknown) => wordsOf(error));
}

async function asList(...given: Parameters<typeof ssoWorld>): Promise<readonly unknown[]> {
  return [await ask(...given)].flat();
}

async function failureOf(promise: Promise<unknown>): Promise<readonly unknown[]> {
  return promise.then(
    () => ['it succeeded'],
    (error: unknown) => wordsOf(error),
  );
}

function wordsOf(error: unknown): readonly unknown[] {
  return error instanceof SsoError ? [error.kind, error.message, error.hint] : [error];
}
