// The generator of example values is a tool that many tests trust, so it is tested itself.

import { describe, expect, it } from '@jest/globals';

import { charactersOf, expand, generate } from './support/examples.ts';

function found(text: string): readonly string[] {
  const { content, expected } = expand({ text });
  return expected.map(({ start, end }) => content.toString('utf8', start, end));
}

describe('expand', () => {
  it('takes the marks out and says in bytes where they stood', () => {
    const { content, text, path, expected, kinds } = expand({
      text: 'schlüssel = ⟦wert⟧, ⟦é⟧',
      path: 'x.env',
    });
    expect(text).toBe('schlüssel = wert, é');
    expect(content.length).toBe(21);
    expect(expected).toEqual([
      { start: 13, end: 17 },
      { start: 19, end: 21 },
    ]);
    expect(path).toBe('x.env');
    expect(kinds).toBeUndefined();
  });

  it('makes the same value of the same expression, and others for other tags and other examples', () => {
    const [a, b, c, d] = found('⟦{{a-z*20}}⟧ ⟦{{a-z*20#1}}⟧ ⟦{{a-z*20}}⟧ ⟦{{a-z*20#2}}⟧');
    expect(a).toMatch(/^[a-z]{20}$/);
    expect(c).toBe(a);
    expect(new Set([a, b, d]).size).toBe(3);
    expect(found('another ⟦{{a-z*20}}⟧')).not.toEqual([a]);
  });

  it('makes runs of a chosen length that hold every class of their set', () => {
    const [run = ''] = found('⟦{{A-Za-z0-9+/*40}}⟧');
    expect(run).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9+/]{40}$/);
    const [ranged = ''] = found('⟦{{0-9*3-5}}⟧');
    expect(ranged).toMatch(/^\d{3,5}$/);
  });

  it('marks the whole base64 run with its padding, or the smallest run that holds the value', () => {
    expect(found('{{b64(⟦secret!⟧)}}')).toEqual(['c2VjcmV0IQ==']);
    expect(found('⟦{{b64(secret!)}}⟧')).toEqual(['c2VjcmV0IQ==']);
    const [inner = ''] = found('{{b64(key=⟦secret⟧ x)}}');
    const whole = Buffer.from('key=secret x').toString('base64');
    expect(whole).toContain(inner);
    expect(inner).toBe(whole.slice(5, 14));
  });

  it('encodes byte by byte and follows the marks', () => {
    expect(found('{{pct(a=⟦b/c⟧)}}')).toEqual(['b%2Fc']);
    expect(expand({ text: '{{json(a"⟦b\n⟧)}}' }).text).toBe('a\\"b\\n');
    expect(found('{{html(<⟦a+b⟧>)}}')).toEqual(['a&#43;b']);
    expect(expand({ text: '{{utf-16le(⟦ab⟧)}}' })).toMatchObject({
      content: Buffer.from('ab', 'utf16le'),
      expected: [{ start: 0, end: 4 }],
    });
    expect(found('{{json({"a":{"b":"⟦{{0-9*4}}⟧"}})}}')[0]).toMatch(/^\d{4}$/);
  });

  it('leaves the templates of other tools alone', () => {
    expect(expand({ text: '${{ secrets.X }} {{raw({{x}})}}' }).text).toBe('${{ secrets.X }} {{x}}');
  });

  it('refuses an example that is not well written', () => {
    expect(() => expand({ text: 'a ⟦ b' })).toThrow('⟦ without ⟧');
    expect(() => expand({ text: 'a ⟧ b' })).toThrow('⟧ without ⟦');
    expect(() => expand({ text: 'a {{nothing-of-that}}' })).toThrow('unknown generator');
    expect(() => expand({ text: 'a {{rot13(x)}}' })).toThrow('unknown filter');
    expect(() => expand({ text: 'a {{0-9*4' })).toThrow('{{ without }}');
  });
});

describe('generate', () => {
  it('builds the account into an AWS key id', () => {
    // the bits of the fifth to fourteenth character, as published for real ids
    const decode = (id: string): string => {
      const alphabet = charactersOf('A-Z2-7');
      let bits = 0n;
      for (const character of id.slice(4, 14))
        bits = (bits << 5n) | BigInt(alphabet.indexOf(character));
      return String(((bits >> 2n) & 0x7fffffffff80n) >> 7n).padStart(12, '0');
    };
    for (const account of ['111122223333', '000000000001', '999999999999']) {
      const id = generate(`aws-id:ASIA@${account}`);
      expect(id).toMatch(/^ASIA[Q-Z2-7][A-Z2-7]{15}$/);
      expect(decode(id)).toBe(account);
    }
    expect(Number(decode(generate('aws-id')))).toBeLessThanOrEqual(999_999_999_999);
    expect(generate('aws-id:old')).toMatch(/^AKIA[IJ][A-Z2-7]{15}$/);
  });

  it('makes secrets and tokens of AWS in their shapes', () => {
    expect(generate('aws-secret')).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(generate('aws-secret:/')).toMatch(/^[A-Za-z0-9+/]{39}\/$/);
    expect(generate('aws-secret:+')).toMatch(/^\+[A-Za-z0-9+/]{39}$/);
    expect(generate('aws-token')).toMatch(/^IQoJb3JpZ2luX2Vj[A-Za-z0-9+/]{384}$/);
    expect(generate('aws-token:pad')).toMatch(/==$/);
    expect(generate('aws-token:long').length).toBe(1200);
    expect(generate('aws-smtp')).toMatch(/^B[A-P][A-Za-z0-9+/]{42}$/);
  });

  it('makes private keys of every form, the same each time', () => {
    for (const form of ['rsa', 'pkcs8', 'ec', 'ed25519', 'openssh', 'encrypted', 'public']) {
      const block = generate(`pem:${form}`);
      expect(block).toMatch(
        /^-{5}BEGIN [A-Z ]*KEY-{5}\n[A-Za-z0-9+/=\n]+\n-{5}END [A-Z ]*KEY-{5}$/,
      );
      expect(generate(`pem:${form}`)).toBe(block);
    }
    expect(generate('ppk')).toMatch(/^PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n/);
  });
});
