// A SARIF log as the tests read it, and what its schema has against one.

import { createRequire } from 'node:module';

interface Artifact {
  uri: string;
  uriBaseId?: string;
}

interface Location {
  id?: number;
  physicalLocation: {
    artifactLocation: Artifact;
    region: { startLine: number; startColumn: number; endLine: number; endColumn: number };
  };
}

interface Text {
  text: string;
  markdown?: string;
}

interface SarifRule {
  id: string;
  shortDescription: Text;
  fullDescription: Text;
  help: Text;
  properties: { tags: string[]; precision: string; 'security-severity': string };
}

interface SarifResult {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: Text;
  locations: [Location, ...Location[]];
  relatedLocations?: Location[];
  partialFingerprints: Record<string, string>;
  suppressions?: { kind: string; status: string; justification: string }[];
}

interface SarifRun {
  tool: {
    driver: { rules: SarifRule[]; notifications?: { id: string }[] };
  };
  invocations: {
    executionSuccessful: boolean;
    toolExecutionNotifications: {
      level: string;
      descriptor: { id: string };
      locations: [Location, ...Location[]];
    }[];
  }[];
  results: [SarifResult, ...SarifResult[]];
}

export interface SarifLog {
  $schema: string;
  runs: [SarifRun];
}

export function readSarif(text: string): SarifLog {
  return JSON.parse(text) as SarifLog;
}

interface Validator {
  addMetaSchema(schema: unknown): void;
  validate(schema: unknown, value: unknown): boolean;
  readonly errors: readonly { readonly dataPath: string; readonly message: string }[] | null;
}

/**
 * The package's own Jest matcher needs a global `expect` and a module that it does not depend on, so its schema and
 * its validator are used directly.
 */
export function complaints(log: unknown): string[] {
  const here = createRequire(import.meta.url);
  const require = createRequire(here.resolve('@microsoft/jest-sarif/package.json'));
  const Ajv = require('ajv') as new (options: object) => Validator;
  const ajv = new Ajv({ schemaId: 'auto', allErrors: true });
  ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
  ajv.validate(require('./lib/schemas/sarif-2.1.0-rtm.5.json'), log);
  return (ajv.errors ?? []).map(({ dataPath, message }) => `${dataPath} ${message}`);
}
