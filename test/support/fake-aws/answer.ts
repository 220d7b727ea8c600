// The shapes of an answer: JSON for OIDC and the portal, XML for STS and IAM, and what each says when something is wrong.
import type { Fault, FaultKind } from './world.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Protocol = 'json' | 'xml' | 'page';

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

export function jsonError(status: number, type: string, error: string, message = type): Answer {
  // OIDC says error and error_description, the portal message; each client reads its own
  return json({ error, error_description: message, message, __type: type }, status, {
    'x-amzn-errortype': type,
  });
}

/** `fields`: inner XML, already escaped. */
export function xml(operation: string, namespace: string, fields: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body:
      `<${operation}Response xmlns="${namespace}"><${operation}Result>${fields}</${operation}Result>` +
      `<ResponseMetadata><RequestId>fake</RequestId></ResponseMetadata></${operation}Response>`,
  };
}

export function xmlError(status: number, code: string, message: string): Answer {
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body:
      `<ErrorResponse xmlns="https://fake.example/"><Error><Type>Sender</Type><Code>${escapeXml(code)}</Code>` +
      `<Message>${escapeXml(message)}</Message></Error><RequestId>fake</RequestId></ErrorResponse>`,
  };
}

/** An answer, or what is done to the connection instead of one. */
export function faultAnswer(fault: Fault, protocol: Protocol): Answer | 'reset' | 'hang' {
  switch (fault.does) {
    case 'reset':
    case 'hang':
      return fault.does;
    case 'broken':
      return protocol === 'json'
        ? { ...json(''), body: '{"accessToken":"aoa' }
        : { ...xmlError(200, '', ''), body: '<GetCallerIdentityResponse><GetCal' };
    case 'empty':
      return protocol === 'json' ? json({}) : xml('Empty', 'https://fake.example/', '');
    case 'page':
      return {
        status: 502,
        headers: { 'content-type': 'text/html' },
        body: '<html><title>Bad gateway</title><script>alert(1)</script></html>',
      };
    case 'redirect':
      return { status: 302, headers: { location: 'https://elsewhere.example/' }, body: '' };
    default: {
      const [status, type, error] = named[fault.does];
      const [xmlStatus, code] = query[fault.does] ?? [status, type];
      const answer =
        protocol === 'xml' ? xmlError(xmlStatus, code, error) : jsonError(status, type, error);
      if (fault.retryAfter === undefined) return answer;
      return {
        ...answer,
        headers: { ...answer.headers, 'retry-after': String(fault.retryAfter) },
      };
    }
  }
}

type Named = Exclude<FaultKind, 'reset' | 'hang' | 'broken' | 'empty' | 'page' | 'redirect'>;

const named: Readonly<Record<Named, readonly [number, string, string]>> = {
  authorization_pending: [400, 'AuthorizationPendingException', 'authorization_pending'],
  slow_down: [400, 'SlowDownException', 'slow_down'],
  expired_token: [400, 'ExpiredTokenException', 'expired_token'],
  access_denied: [400, 'AccessDeniedException', 'access_denied'],
  invalid_grant: [400, 'InvalidGrantException', 'invalid_grant'],
  invalid_client: [401, 'InvalidClientException', 'invalid_client'],
  invalid_scope: [400, 'InvalidScopeException', 'invalid_scope'],
  invalid_request: [400, 'InvalidRequestException', 'invalid_request'],
  invalid_region: [400, 'InvalidRequestRegionException', 'invalid_request'],
  unauthorized: [401, 'UnauthorizedException', 'Session token not found or invalid'],
  forbidden: [403, 'ForbiddenException', 'No access'],
  not_found: [404, 'ResourceNotFoundException', 'not found'],
  throttled: [429, 'TooManyRequestsException', 'HTTP 429 Unknown Code'],
  internal: [500, 'InternalServerException', 'server_error'],
  unavailable: [503, 'ServiceUnavailableException', 'temporarily_unavailable'],
};

/** Where STS and IAM use other words than the JSON services. */
const query: Readonly<Partial<Record<Named, readonly [number, string]>>> = {
  throttled: [400, 'Throttling'],
  internal: [500, 'ServiceFailure'],
  unavailable: [503, 'ServiceUnavailable'],
  access_denied: [403, 'AccessDenied'],
  forbidden: [403, 'AccessDenied'],
  not_found: [404, 'NoSuchEntity'],
  expired_token: [403, 'ExpiredToken'],
  unauthorized: [403, 'InvalidClientTokenId'],
};

export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
