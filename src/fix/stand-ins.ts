// A dry run signs in nowhere, so that it may not know the account, the role or the portal. Its plan is made with values
// that cannot be real, and they are called what they are wherever it is shown.

import { isPlanned, type Row } from './rows.ts';
import { defaultScopes } from './sessions.ts';

const standIn = {
  account: '000000000000',
  role: 'keyscan-role-stand-in',
  startUrl: 'https://keyscan-stand-in.awsapps.com/start',
  region: 'xx-standin-0',
} as const;

export function withStandIns(row: Row): Row {
  if (!isPlanned(row) || row.action !== 'migrate') return row;
  const { startUrl, region } = standIn;
  return {
    ...row,
    account: row.account ?? standIn.account,
    role: row.role ?? standIn.role,
    session: row.session ?? { name: 'sso', startUrl, region, scopes: defaultScopes },
  };
}

/** The row as it was before, with what the plan made of it. */
export function withoutStandIns(row: Row, known: readonly Row[]): Row {
  const before = known.find(({ profile }) => profile === row.profile);
  if (before === undefined) return row;
  const { account, role, session } = before;
  return { ...row, account, role, session };
}

export function standInsNamed(text: string): string {
  return text
    .replaceAll(standIn.account, '<your account>')
    .replaceAll(standIn.role, '<chosen after you sign in>')
    .replaceAll(standIn.startUrl, '<your start URL>')
    .replaceAll(standIn.region, '<its region>');
}
