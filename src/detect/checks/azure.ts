import type { Checks } from '../check.ts';

export const azureChecks: Checks = {
  /** 64 bytes in base64: the last digit before == has two bits to carry, so four letters only can stand there. */
  'azure-64-bytes': (value, { before }) => {
    if (!/^[A-Za-z0-9+/]{85}[AQgw]==$/.test(value)) return false;
    return /documents\.azure\.com[^"'\s]*$/.test(before) ? { title: 'Azure Cosmos DB key' } : true;
  },

  /** The four letters before the checksum name the service. */
  'azure-annotated': (value) => {
    const service = annotatedServices.get(value.slice(76, 80));
    return service === undefined ? true : { title: `${service} key` };
  },

  /** 32 bytes in base64, or the longer keys of some namespaces. */
  'azure-shared-key': (value) =>
    value.endsWith('=') ? /[AEIMQUYcgkosw048]=$/.test(value) : value.length >= 44,

  /** Letters, digits and -_~. on both sides: word boundaries would cut it. */
  'azure-client-secret': (value, { before, after }) =>
    value.length <= 40 &&
    !/[\w~.-]$/.test(before) &&
    !/^(?:[\w~-]|\.\w)/.test(after) &&
    /[A-Z]/.test(value) &&
    /[a-z]/.test(value),
};

const annotatedServices: ReadonlyMap<string, string> = new Map([
  ['ACOG', 'Azure AI services'],
  ['AZAC', 'Azure App Configuration'],
  ['AZCS', 'Azure Communication Services'],
  ['AZDO', 'Azure DevOps personal access'],
  ['AZEG', 'Azure Event Grid'],
  ['AZFR', 'Azure Front Door'],
  ['AZMP', 'Azure Maps'],
  ['AZMR', 'Azure Mixed Reality'],
]);
