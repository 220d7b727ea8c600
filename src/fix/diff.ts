// The difference that the person agrees to, without a secret in it: not on the lines that go, not on those that come, and
// not on those around them, which may hold somebody else's.

import { maskKeyId } from '../aws/profiles.ts';
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
  const old = maskedText(textOf(before ?? new Uint8Array()), known);
  const patch = createTwoFilesPatch(path, path, old, maskedText(textOf(after), known), '', '', {
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

function maskedText(text: string, known: readonly KnownValue[]): string {
  return text
    .split('\n')
    .map((line) => maskedLine(line, known))
    .join('\n');
}

const dots = '••••••••';

function maskedLine(line: string, known: readonly KnownValue[]): string {
  const setting = /^(\s*(?:-\s+)?(?:export\s+)?["']?([\w.-]+)["']?\s*[=:]\s*)(\S.*)$/.exec(line);
  const [, start = '', name = '', value = ''] = setting ?? [];
  if (setting !== null && !isOpen(name)) return start + maskOf(name, value);
  let masked = line;
  for (const { role, value: secret } of known) {
    if (secret.length < 4) continue;
    masked = masked.replaceAll(secret, role === 'id' ? maskKeyId(secret) : dots);
  }
  return masked;
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
