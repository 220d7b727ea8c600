// What the fake has handed out so far.
import { randomBytes, randomUUID } from 'node:crypto';

import { generate } from '../examples.ts';
import { type FakePermissionSet, type FakeWorld, stableHex } from './world.ts';

export interface Registration {
  readonly secret: string;
  readonly scopes: readonly string[];
  readonly grantTypes: readonly string[] | undefined;
  readonly redirectUris: readonly string[];
}

export interface DeviceCode {
  readonly clientId: string;
  readonly userCode: string;
  readonly expires: number;
  polls: number;
}

export interface AuthorizationCode {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly scopes: readonly string[];
  used: boolean;
}

/** Who a signature speaks for. */
export interface Principal {
  readonly keyId: string;
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
  readonly allows: readonly string[];
  /** The name, for a user. */
  readonly user: string | undefined;
}

/** Temporary credentials: of a permission set or an assumed role. */
export interface Session {
  readonly secret: string;
  readonly token: string;
  readonly expires: number;
  readonly principal: Principal;
}

export class FakeState {
  readonly registrations = new Map<string, Registration>();
  readonly deviceCodes = new Map<string, DeviceCode>();
  readonly authorizationCodes = new Map<string, AuthorizationCode>();
  /** Access token → when it expires, in milliseconds. */
  readonly tokens = new Map<string, number>();
  readonly refreshTokens = new Map<string, { readonly clientId: string }>();
  readonly sessions = new Map<string, Session>();

  readonly world: FakeWorld;

  constructor(world: FakeWorld) {
    this.world = world;
  }

  /** What AWS's clock says. */
  now(): number {
    return Date.now() + this.world.clockOffset;
  }

  token(clientId: string, refreshable: boolean) {
    const accessToken = `aoa${secretText()}`;
    const refreshToken = `aor${secretText()}`;
    this.tokens.set(accessToken, this.now() + this.world.tokenLifetime * 1000);
    if (refreshable) this.refreshTokens.set(refreshToken, { clientId });
    return {
      accessToken,
      tokenType: 'Bearer',
      expiresIn: this.world.tokenLifetime,
      ...(refreshable ? { refreshToken } : {}),
    };
  }

  permissionSetSession(account: string, set: FakePermissionSet) {
    const { partition, person } = this.world;
    const role = `AWSReservedSSO_${set.name}_${stableHex(`${account}/${set.name}`, 16)}`;
    const arn = `arn:${partition}:sts::${account}:assumed-role/${role}/${person.name}`;
    return this.session(account, arn, set.allows, person.name, 3600);
  }

  session(account: string, arn: string, allows: readonly string[], name: string, seconds: number) {
    const keyId = generate(`aws-id:ASIA@${account}`, randomUUID());
    const secret = generate('aws-secret', randomUUID());
    const token = generate('aws-token', randomUUID());
    const expires = this.now() + seconds * 1000;
    const userId = `AROA${stableHex(arn, 17).toUpperCase()}:${name}`;
    const principal = { keyId, account, arn, userId, allows, user: undefined };
    this.sessions.set(keyId, { secret, token, expires, principal });
    return { keyId, secret, token, expires, principal };
  }
}

export function secretText(): string {
  return randomBytes(48).toString('base64url');
}
