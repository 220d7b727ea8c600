import type { Rule } from '../src/core/rule.ts';

// One finding a block. What decides is the content: it must decode to a key. Headers alone stand in every parser and
// every manual, public keys and certificates are made to be seen.

export const privateKey: readonly Rule[] = [
  {
    id: 'private-key',
    provider: 'private-key',
    title: 'Private key',
    why: 'Whoever has it can be the server, the person or the signer that the public half stands for.',
    advice: [
      'Make a new key pair and put the new public half wherever the old one was trusted.',
      'Take the old public half away there: authorized_keys, deploy keys, certificates (revoke them), signing keys.',
    ],
    references: ['https://www.rfc-editor.org/rfc/rfc7468'],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'secret',
        shapes: [
          {
            type: 'block',
            begin: '-----BEGIN PRIVATE KEY-----',
            end: '-----END PRIVATE KEY-----',
            max: 16_384,
          },
          {
            type: 'block',
            begin: '-----BEGIN RSA PRIVATE KEY-----',
            end: '-----END RSA PRIVATE KEY-----',
            max: 16_384,
          },
          {
            type: 'block',
            begin: '-----BEGIN EC PRIVATE KEY-----',
            end: '-----END EC PRIVATE KEY-----',
            max: 16_384,
          },
          {
            type: 'block',
            begin: '-----BEGIN DSA PRIVATE KEY-----',
            end: '-----END DSA PRIVATE KEY-----',
            max: 16_384,
          },
          {
            type: 'block',
            begin: '-----BEGIN OPENSSH PRIVATE KEY-----',
            end: '-----END OPENSSH PRIVATE KEY-----',
            max: 16_384,
          },
          {
            type: 'block',
            begin: '-----BEGIN ENCRYPTED PRIVATE KEY-----',
            end: '-----END ENCRYPTED PRIVATE KEY-----',
            max: 16_384,
          },
          {
            type: 'block',
            begin: '-----BEGIN PGP PRIVATE KEY BLOCK-----',
            end: '-----END PGP PRIVATE KEY BLOCK-----',
            max: 16_384,
          },
          {
            type: 'pattern',
            anchor: 'PuTTY-User-Key-File-',
            regex: '(?<value>PuTTY-User-Key-File-[23]: [^]{100,4000}?Private-MAC: [0-9a-f]{40,64})',
            window: 4096,
          },
        ],
        checks: ['private-key'],
        strong: true,
      },
    ],
    examples: [
      { text: '⟦{{pem:rsa}}⟧\n', path: 'id_rsa', form: 'RSA (PKCS #1)' },
      { text: '⟦{{pem:pkcs8}}⟧\n', path: 'server.key', form: 'PKCS #8' },
      { text: '⟦{{pem:ec}}⟧\n', path: 'ec.pem', form: 'EC (SEC 1)' },
      { text: '⟦{{pem:ed25519}}⟧\n', path: 'ed25519.pem', form: 'Ed25519 (PKCS #8)' },
      { text: '⟦{{pem:openssh}}⟧\n', path: 'id_ed25519', form: 'OpenSSH' },
      { text: '⟦{{ppk}}⟧\n', path: 'dana.ppk', form: 'PuTTY' },
      { text: '⟦{{pem:encrypted}}⟧\n', path: 'server.key', form: 'PKCS #8, encrypted (medium)' },
      { text: '⟦{{pem:rsa-encrypted}}⟧\n', path: 'server.key', form: 'RSA, encrypted (medium)' },
      {
        text: '⟦{{pem:openssh-encrypted}}⟧\n',
        path: 'id_ed25519',
        form: 'OpenSSH, encrypted (medium)',
      },
      { text: '⟦{{ppk:encrypted}}⟧\n', path: 'dana.ppk', form: 'PuTTY, encrypted (medium)' },
      { text: '{"key": "⟦{{json({{pem:rsa}})}}⟧\\n"}', path: 'x.json', form: 'in a JSON string' },
      {
        text: 'tls:\n  key: |\n    ⟦{{indent({{pem:pkcs8}})}}⟧\n',
        path: 'values.yaml',
        form: 'in YAML',
      },
      {
        text: 'data:\n  tls.key: {{b64(⟦{{pem:ec}}⟧\n)}}\n',
        decodedBy: ['base64'],
        form: 'in base64',
      },
      { text: '⟦{{crlf({{pem:rsa}})}}⟧\r\n', form: 'CRLF' },
      {
        text: 'Look for "-----BEGIN PRIVATE KEY-----" as in\n\n⟦{{pem:pkcs8}}⟧\n',
        form: 'after a header that is only talked about',
      },
      { text: '⟦{{pem:rsa#1}}⟧\n⟦{{pem:rsa#2}}⟧\n', form: 'two keys' },
    ],
    negatives: [
      { text: '{{pem:public}}\n', form: 'public key' },
      { text: '{{pem:certificate}}\n', form: 'certificate' },
      { text: 'if (text.includes("-----BEGIN RSA PRIVATE KEY-----")) parse(text);' },
      {
        text: '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC...\n-----END PRIVATE KEY-----',
      },
      { text: '-----BEGIN RSA PRIVATE KEY-----\nyour key here\n-----END RSA PRIVATE KEY-----' },
      {
        text: '-----BEGIN EC PRIVATE KEY-----\n{{A-Za-z0-9+/*64}}\n-----END EC PRIVATE KEY-----',
        form: 'noise',
      },
      { text: '-----BEGIN PRIVATE KEY-----\n${TLS_KEY}\n-----END PRIVATE KEY-----' },
    ],
  },
];
