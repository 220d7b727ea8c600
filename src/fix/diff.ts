// The difference that the person agrees to, without a secret in it: not on the lines that go, not on those that come, and
// not on those around them, which may hold somebody else's.

import { maskKeyId } from '../core/mask-key-id.ts';
import type { FixFile } from '../core/migration.ts';
import type { FilePlan } from '../write/api.ts';

export interface KnownValue {
  readonly role: 'id' | 'secret' | 'token';
  readonly value: string;
}

/** A unified diff with three lines of context. `path` is what is shown. */
export async function maskedDiff(
  path: string,
  { before, after }: FilePlan,
  known: readonly KnownValue[],
): Promise<FixFile> {
  const { createTwoFilesPatch } = await import('diff');
  const masks = known.flatMap(({ role, value }) =>
    value.length < 4 ? [] : [{ value, mask: role === 'id' ? maskKeyId(value) : dots }],
  );
  const old = maskedText(textOf(before ?? new Uint8Array()), masks);
  const patch = createTwoFilesPatch(path, path, old, maskedText(textOf(after), masks), '', '', {
    context: 3,
  });
  return { path, diff: withoutHead(patch) };
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replaceAll('\r\n', '\n');
}

/** `Index:` and the line of equals signs mean nothing here, nor do empty dates behind the names. */
function withoutHead(patch: string): string {
  return patch.replace(/^(?:Index:.*\n)?={3,}\n/, '').replace(/^(---|\+\+\+) (.*)\t$/gm, '$1 $2');
}

interface Mask {
  readonly value: string;
  readonly mask: string;
}

function maskedText(text: string, masks: readonly Mask[]): string {
  return text
    .split('\n')
    .map((line) => maskedLine(line, masks))
    .join('\n');
}

const dots = '••••••••';

function maskedLine(line: string, masks: readonly Mask[]): string {
  return masks.reduce(
    (text, { value, mask }) => text.replaceAll(value, () => mask),
    maskedContent(line),
  );
}

/** A setting, a comment, a header; whatever else it is goes on with a value and may be the rest of a secret. */
function maskedContent(line: string): string {
  const comment = /^(\s*[#;]+)(.*)$/.exec(line);
  if (comment !== null) return `${comment[1] ?? ''}${maskedNote(comment[2] ?? '')}`;
  const setting = settingIn(line);
  if (setting === undefined) return holdsNothing(line) ? line : line.replace(/\S.*/, dots);
  const { start, name, value } = setting;
  if (!isOpen(name)) return start + maskOf(name, value);
  const note = /^(.*?\s[#;])(.*)$/.exec(value);
  const [, own = value, rest = ''] = note ?? [];
  return start + own.replace(/(:\/\/[^/\s:@]*:)[^/\s@]+@/g, `$1${dots}@`) + maskedNote(rest);
}

interface Setting {
  /** Everything up to the value. */
  readonly start: string;
  readonly name: string;
  readonly value: string;
}

function settingIn(line: string): Setting | undefined {
  const [, start, name, value] =
    /^(\s*(?:-\s+)?(?:export\s+)?["']?([\w.-]+)["']?\s*[=:]\s*)(\S.*)$/.exec(line) ?? [];
  const isWhole = start !== undefined && name !== undefined && value !== undefined;
  return isWhole ? { start, name, value } : undefined;
}

/** A blank line, a header, a name without a value. */
function holdsNothing(line: string): boolean {
  return /^\s*(?:\[.*|(?:-\s+)?(?:export\s+)?["']?[\w.-]+["']?\s*[=:]\s*)?$/.test(line);
}

/** What people wrote, with the settings they commented out and everything in it that looks made by a machine masked. */
function maskedNote(text: string): string {
  const setting = settingIn(text);
  const isKey = setting !== undefined && /key|secret|token|pass/i.test(setting.name);
  if (isKey) return setting.start + maskOf(setting.name, setting.value);
  return text
    .replaceAll(/\bA(?:KIA|SIA|BIA|CCA)[A-Z0-9]{12,}/g, (id) => maskKeyId(id))
    .replaceAll(/[A-Za-z0-9+/]{20,}={0,2}/g, (run) => (/\d/.test(run) ? dots : run));
}

function maskOf(name: string, value: string): string {
  const bare = value.replace(/^["']|["']$/g, '');
  // aws_secret_access_key ends like the name of an id
  const isId = /(?:key_?id|access_?key)$/i.test(name) && !/secret/i.test(name);
  return isId ? maskKeyId(bare) : dots;
}

/** Settings whose values may be shown: the AWS tools' own that hold no credential. Everything else may be a secret. */
function isOpen(name: string): boolean {
  return (
    /^(?:aws_)?(?:default_)?(?:region|output|profile)$/i.test(name) ||
    /^(?:sso_(?:session|start_url|region|account_id|account_name|role_name|registration_scopes)|login_session|role_arn|source_profile|credential_source|role_session_name|duration_seconds|mfa_serial|external_id|cli_\w+|ca_bundle|endpoint_url|services|s3|s3api|max_\w+|retry_mode|parameter_validation|tcp_keepalive|use_\w+|addressing_style|signature_version|multipart_\w+|payload_signing_enabled|defaults_mode|sts_regional_endpoints|web_identity_token_file|region_set|account_id_endpoint_mode|ec2_\w+)$/.test(
      name,
    )
  );
}
