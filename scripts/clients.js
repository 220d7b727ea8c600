// Installs the AWS clients that test/migration.test.ts asks who they sign with: the AWS CLI v1 and boto3 (pip), the AWS CLI
// v2 (Debian's package, unpacked, not installed), once more of the newest release with a Python and a C library of its own
// (the one that has `aws login`), and a Go program with the Go SDK and Terraform's credential code; a Java
// program that judges what we take its SDK to do (test/aws-resolve.test.ts); and for the tests of git, git-filter-repo (pip)
// and a git that runs hooks of the configuration (built from Debian's source).
// Into the folder given, else KEYSCAN_TEST_CLIENTS, else the cache folder of the person; does nothing, fast, for what is there.
// With --list it installs nothing and prints as JSON where each one lies and its versions,
// null for one that is missing.
// A client that cannot be had here is said loudly and its tests are skipped. The JavaScript SDK is a development
// dependency. Uses only Node's own modules, and the ordinary package managers by name.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';

import { root } from './inputs.js';

const [option] = process.argv.slice(2).filter((word) => word.startsWith('-'));
const [given] = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const folder = given || process.env.KEYSCAN_TEST_CLIENTS || join(caches(), 'keyscan-test-clients');
const goSource = join(root, 'test/clients/go');
const javaSource = join(root, 'test/clients/java');

const stampName = '.made-from';

const filterRepo = 'git-filter-repo==2.47.0';
const gitFlags = ['RUNTIME_PREFIX=1', 'CFLAGS=-O1'].concat(
  ['CURL', 'OPENSSL', 'GETTEXT', 'TCLTK', 'PERL', 'EXPAT', 'PYTHON'].map((name) => `NO_${name}=1`),
);

const pythonPackages = ['awscli==1.46.3', 'boto3==1.44.8'];
// What the AWS CLI v2 of Debian 12 needs of Debian's Python; it is not on PyPI.
const debianPackages = ['awscli'].concat(
  (
    'awscrt prompt-toolkit ruamel.yaml ruamel.yaml.clib distro docutils jmespath dateutil urllib3 colorama pyasn1 ' +
    'cryptography wcwidth cffi-backend six roman'
  )
    .split(' ')
    .map((name) => `python3-${name}`),
);

/** Each in a folder of its own, with what it was made from in a file beside it. */
const clients = [
  {
    name: 'python',
    what: 'AWS CLI v1 and boto3',
    from: pythonPackages.join(' '),
    install: (target) => {
      const python = firstPython(() => true);
      run(python, ['-m', 'venv', target]);
      run(join(target, 'bin/python3'), ['-m', 'pip', 'install', '--quiet', ...pythonPackages]);
    },
    versions: (target) =>
      ask(join(target, 'bin/python3'), ['-c', versionsInPython('awscli', 'boto3')]),
  },
  {
    name: 'aws-cli-2',
    what: 'AWS CLI v2',
    from: debianPackages.join(' '),
    install: (target) => {
      // Its compiled parts are for the Python of its release.
      const python = firstPython((version) => version === '3.11');
      download(target);
      const packages = readdirSync(target).filter((name) => name.endsWith('.deb'));
      for (const name of packages) {
        run('dpkg-deb', ['-x', join(target, name), join(target, 'root')]);
        rmSync(join(target, name));
      }
      symlinkSync(python, join(target, 'python3'));
      run(python, ['-m', 'compileall', '-q', '-x', '/examples/', join(target, 'root')]);
    },
    versions: (target) =>
      ask(join(target, 'python3'), ['-s', '-c', versionsInPython('awscli')], {
        PYTHONPATH: join(target, 'root/usr/lib/python3/dist-packages'),
      }),
  },
  {
    name: 'aws-cli-new',
    what: 'AWS CLI v2 that has aws login',
    from: 'Debian sid with all it needs, compiled',
    install: unpackAws,
    versions: (target) => {
      const { status, stdout } = spawnSync(join(target, 'aws'), ['--version'], {
        encoding: 'utf8',
      });
      const [, version] = /^aws-cli\/(2\.\d+\.\d+) /.exec(stdout ?? '') ?? [];
      return status === 0 && version !== undefined ? { awscli: version } : undefined;
    },
  },
  {
    name: 'go',
    what: "Go SDK v2 and Terraform's aws-sdk-go-base",
    from: ['go.mod', 'go.sum', 'main.go']
      .map((name) => hash(readFileSync(join(goSource, name))))
      .join(' '),
    install: (target) => {
      // The toolchain that is here: none is fetched.
      run('go', ['build', '-o', join(target, 'identity'), '.'], {
        cwd: goSource,
        env: { ...process.env, GOTOOLCHAIN: 'local', CGO_ENABLED: '0' },
      });
    },
    versions: (target) => ask(join(target, 'identity'), ['versions']),
  },
  {
    name: 'filter-repo',
    what: 'git-filter-repo',
    from: filterRepo,
    install: (target) => {
      run(
        firstPython(() => true),
        ['-m', 'venv', target],
      );
      run(join(target, 'bin/python3'), ['-m', 'pip', 'install', '--quiet', filterRepo]);
      // For the PATH, with nothing else beside it; what pip wrote names the folder as it is called now.
      mkdirSync(join(target, 'path'));
      writeFileSync(
        join(target, 'path/git-filter-repo'),
        '#!/bin/sh\nexec "${0%/*}/../bin/python3" -m git_filter_repo "$@"\n',
        { mode: 0o755 },
      );
    },
    versions: (target) =>
      ask(join(target, 'bin/python3'), [
        '-c',
        'import json, importlib.metadata as m; print(json.dumps({"git-filter-repo": m.version("git-filter-repo")}))',
      ]),
  },
  {
    name: 'git',
    what: 'git 2.54 or later',
    from: `Debian sid, ${gitFlags.join(' ')}`,
    install: buildGit,
    versions: (target) => {
      const { status, stdout } = spawnSync(join(target, 'bin/git'), ['--version'], {
        encoding: 'utf8',
      });
      const [, minor] = /^git version 2\.(\d+)/.exec(stdout ?? '') ?? [];
      return status === 0 && Number(minor) >= 54 ? { git: stdout.trim() } : undefined;
    },
  },
  {
    name: 'java',
    what: 'Java SDK v2',
    from: ['pom.xml', 'Judge.java']
      .map((name) => hash(readFileSync(join(javaSource, name))))
      .join(' '),
    install: (target) => {
      const to = `-DoutputDirectory=${join(target, 'lib')}`;
      const get = `org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies`;
      run('mvn', ['-q', '-B', '-f', join(javaSource, 'pom.xml'), get, to]);
      const libraries = join(target, 'lib', '*');
      run('javac', ['-cp', libraries, '-d', target, join(javaSource, 'Judge.java')]);
    },
    versions: (target) => {
      const library = readdirSync(join(target, 'lib')).find((name) => /^auth-\d/.test(name));
      const found = spawnSync('java', ['-version']).status === 0;
      return library === undefined || !found
        ? undefined
        : { 'software.amazon.awssdk': library.replace(/^auth-|\.jar$/g, '') };
    },
  },
];

if (option === '--list') {
  const found = clients.map((client) => [client.name, there(client)]);
  process.stdout.write(`${JSON.stringify(Object.fromEntries(found))}\n`);
} else if (option === undefined) {
  mkdirSync(folder, { recursive: true });
  for (const client of clients) if (there(client) === null) install(client);
} else {
  say(`unknown option ${option}: use --list or none, and at most one folder`);
  process.exitCode = 2;
}

function there(client) {
  const path = pathOf(client);
  const stamp = join(path, stampName);
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== client.from) return null;
  const versions = client.versions(path);
  return versions === undefined ? null : { path, versions };
}

/** Made beside its place and moved there last: what was left half-made is never taken for whole. */
function install(client) {
  const half = `${pathOf(client)}.${process.pid}`;
  try {
    say(`installing ${client.what}`);
    client.install(half);
    if (client.versions(half) === undefined) throw new Error('it was installed but does not start');
    writeFileSync(join(half, stampName), client.from);
    rmSync(pathOf(client), { recursive: true, force: true });
    renameSync(half, pathOf(client));
  } catch (error) {
    say(`!!! ${client.what}: CANNOT BE INSTALLED HERE, its tests will be skipped`);
    for (const line of error.message.trim().split('\n')) say(`!!!   ${line}`);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}

function pathOf({ name }) {
  return join(folder, name);
}

function caches() {
  return process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
}

function download(target) {
  mkdirSync(target, { recursive: true });
  const get = () =>
    spawnSync('apt-get', ['--quiet', 'download', ...debianPackages], {
      cwd: target,
      encoding: 'utf8',
    });
  if (get().status === 0) return;
  // A fresh machine has no lists of packages, or old ones.
  run('apt-get', ['--quiet', '--quiet', 'update']);
  const { status, stderr, error } = get();
  if (status !== 0) throw new Error(stderr || (error?.message ?? 'apt-get download failed'));
}

/** With all it needs, down to the loader: its compiled parts fit no older release. */
function unpackAws(target) {
  const options = newestRelease(target, 'deb');
  const kinds = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];
  const flags = ['--recurse', ...kinds.map((kind) => `--no-${kind}`)];
  const needed = run('apt-cache', [...options, 'depends', ...flags, 'awscli'])
    .split('\n')
    .filter((line) => /^[a-z0-9]\S*$/.test(line));
  run('apt-get', [...options, '--quiet', 'download', ...new Set(needed)], { cwd: target });
  for (const name of readdirSync(target).filter((name) => name.endsWith('.deb'))) {
    run('dpkg-deb', ['-x', join(target, name), join(target, 'root')]);
    rmSync(join(target, name));
  }
  for (const name of ['apt', 'root/usr/share']) rmSync(join(target, name), { recursive: true });
  const usr = join(target, 'root/usr');
  const find = (place, pattern) => {
    const found = readdirSync(join(usr, place)).find((name) => pattern.test(name));
    if (found === undefined) throw new Error(`nothing in ${place} is ${pattern}`);
    return `${place}/${found}`;
  };
  const libraries = find('lib', /-linux-gnu$/);
  const loader = find(existsSync(join(usr, 'lib64')) ? 'lib64' : 'lib', /^ld-linux\S*\.so\.\d$/);
  const python = find('bin', /^python3\.\d+$/);
  // They name their folder when they run: it is moved once more.
  const start = `#!/bin/sh
usr="\${0%/*}/root/usr"
export PYTHONHOME="$usr" PYTHONPATH="$usr/lib/python3/dist-packages"
exec "$usr/${loader}" --library-path "$usr/${libraries}" "$usr/${python}" -s -S`;
  const program =
    'import sys; sys.argv[0] = "aws"; from awscli.clidriver import main; sys.exit(main())';
  const scripts = { python3: `${start} "$@"\n`, aws: `${start} -c '${program}' "$@"\n` };
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(target, name), script, { mode: 0o755 });
  }
  const modules = join(usr, 'lib/python3/dist-packages');
  run(join(target, 'python3'), ['-m', 'compileall', '-q', '-x', '/examples/', modules]);
}

/** The source as apt finds it in the newest release; then git itself, without the rest. */
function buildGit(target) {
  const options = newestRelease(target, 'deb-src');
  run('apt-get', [...options, '--quiet', 'source', '--download-only', 'git'], { cwd: target });
  const archive = readdirSync(target).find((name) => /\.orig\.tar\.\w+$/.test(name));
  const source = join(target, 'source');
  mkdirSync(source);
  run('tar', ['-xf', join(target, archive ?? ''), '-C', source, '--strip-components=1']);
  run('make', ['-s', `-j${availableParallelism()}`, ...gitFlags, 'git'], { cwd: source });
  const programs = join(target, 'libexec/git-core');
  for (const folder of [join(target, 'bin'), programs]) mkdirSync(folder, { recursive: true });
  renameSync(join(source, 'git'), join(programs, 'git'));
  symlinkSync('../libexec/git-core/git', join(target, 'bin/git'));
  for (const name of ['receive-pack', 'upload-pack'])
    symlinkSync('git', join(programs, `git-${name}`));
  for (const name of readdirSync(target)) {
    if (!['bin', 'libexec'].includes(name)) rmSync(join(target, name), { recursive: true });
  }
}

/** Options for apt that make it read Debian's newest release, with lists of its own; `kind` is deb or deb-src. */
function newestRelease(target, kind) {
  const [site] = run('apt-get', [
    'indextargets',
    '--format',
    '$(ORIGIN) $(SITE)',
    'Created-By: Packages',
  ])
    .split('\n')
    .flatMap((line) => /^Debian (\S+\/debian)$/.exec(line)?.[1] ?? []);
  if (site === undefined) throw new Error('apt has no Debian here to get the source from');
  const apt = join(target, 'apt');
  for (const name of ['lists', 'cache']) mkdirSync(join(apt, name, 'partial'), { recursive: true });
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const signed = existsSync(keyring) ? `[signed-by=${keyring}] ` : '';
  writeFileSync(join(apt, 'sources.list'), `${kind} ${signed}${site} sid main\n`);
  const options = [
    `Dir::Etc::sourcelist=${apt}/sources.list`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${apt}/lists`,
    `Dir::Cache=${apt}/cache`,
    'Acquire::Languages=none',
  ].flatMap((option) => ['-o', option]);
  run('apt-get', [...options, '--quiet', '--quiet', 'update']);
  return options;
}

/** The real path: what is on the PATH may be a script that chooses one. */
function firstPython(fits) {
  const script =
    'import sys, venv; print(f"{sys.version_info[0]}.{sys.version_info[1]} {sys.executable}")';
  for (const name of ['python3', '/usr/bin/python3', 'python3.11']) {
    const { status, stdout } = spawnSync(name, ['-c', script], { encoding: 'utf8' });
    const [version, path] = (stdout ?? '').trim().split(' ');
    if (status === 0 && fits(version)) return path;
  }
  throw new Error('there is no Python here that it runs with');
}

function versionsInPython(...modules) {
  const pairs = modules.map((name) => `"${name}": ${name}.__version__`).join(', ');
  return `import json, ${modules.join(', ')}; print(json.dumps({${pairs}}))`;
}

/** The JSON it prints, or undefined when it does not run. */
function ask(command, args, env = {}) {
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return status === 0 ? JSON.parse(stdout) : undefined;
}

/** Its output; throws when it fails. */
function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    ...options,
  });
  if (error !== undefined) throw new Error(`${command}: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${stderr || stdout}`);
  return stdout;
}

function hash(content) {
  return createHash('sha256').update(content).digest('hex');
}

function say(text) {
  process.stderr.write(`test clients: ${text}\n`);
}
