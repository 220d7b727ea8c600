import type { Rule } from '../src/core/rule.ts';

// Keys of storage accounts and of messaging lie in connection strings beside the name of what they open. The published
// keys of the emulators (Azurite, Cosmos DB) open nothing.

export const azure: readonly Rule[] = [
  {
    id: 'azure-storage-key',
    provider: 'azure',
    title: 'Azure storage account key',
    titles: { pair: 'Azure storage account with its key' },
    why: 'It is full access to every blob, table, queue and file share of the account, without an end date.',
    advice: [
      'Regenerate the key: `az storage account keys renew`. The other one of the two goes on working while you deploy.',
      'Turn off shared key access and use Entra ID roles.',
    ],
    references: ['https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage'],
    grades: { pair: 'critical', secret: 'high' },
    parts: [
      {
        role: 'id',
        shapes: [
          {
            type: 'token',
            pieces: [
              { text: 'AccountName=', anyCase: true },
              { set: 'a-z0-9', min: 3, max: 24 },
            ],
            value: [1, 2],
          },
        ],
        onlyJoined: true,
        maskKeep: 24,
      },
      {
        role: 'secret',
        shapes: [
          {
            type: 'token',
            pieces: [
              { text: 'AccountKey=', anyCase: true },
              { set: 'A-Za-z0-9+/', min: 86, max: 86 },
              { text: '==' },
            ],
            value: [1, 3],
          },
          {
            type: 'assignment',
            names: [
              'account key',
              'account access key',
              'storage key',
              'storage access key',
              'azure key',
              'cosmos key',
              'primary key',
              'primary access key',
              'secondary access key',
            ],
            value: { set: 'A-Za-z0-9+/=', min: 88, max: 88 },
          },
        ],
        checks: ['azure-64-bytes', 'not-published-sample'],
        entropy: 4,
      },
    ],
    examples: [
      {
        text: 'AZURE_STORAGE_CONNECTION_STRING="DefaultEndpointsProtocol=https;AccountName=⟦moonbakery⟧;AccountKey=⟦{{A-Za-z0-9+/*85}}g==⟧;EndpointSuffix=core.windows.net"',
        kinds: ['pair'],
        form: 'connection string',
      },
      { text: 'storage_account_key = "⟦{{A-Za-z0-9+/*85}}Q==⟧"', form: 'by name' },
      {
        text: 'AccountEndpoint=https://moonbakery.documents.azure.com:443/;AccountKey=⟦{{A-Za-z0-9+/*85}}A==⟧;',
        form: 'Cosmos DB',
      },
    ],
    negatives: [
      { text: 'UseDevelopmentStorage=true' },
      { text: 'AccountName=moonbakery;AccountKey=${STORAGE_KEY};' },
      { text: 'AccountName=moonbakery;AccountKey=<your-key>;' },
      { text: 'AccountName=moonbakery;AccountKey={{A-Za-z0-9+/*85}}B==', form: 'not 64 bytes' },
      { text: 'AccountName=moonbakery;EndpointSuffix=core.windows.net' },
    ],
  },
  {
    id: 'azure-shared-access-key',
    provider: 'azure',
    title: 'Azure shared access key (Service Bus, Event Hubs, IoT Hub, Relay)',
    why: 'It sends, reads or manages the messages of the namespace, or speaks as the device.',
    advice: [
      'Regenerate the key of the shared access policy; the second key goes on working while you deploy.',
      'Use Entra ID roles instead of connection strings.',
    ],
    references: ['https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas'],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'secret',
        shapes: [
          {
            type: 'token',
            pieces: [
              { text: 'SharedAccessKey=', anyCase: true },
              { set: 'A-Za-z0-9+/', min: 43, max: 88 },
              { text: '=', optional: true },
            ],
            value: [1, 3],
          },
        ],
        checks: ['azure-shared-key'],
        entropy: 4,
      },
    ],
    examples: [
      {
        text: 'Endpoint=sb://moonbakery.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=⟦{{A-Za-z0-9+/*42}}k=⟧;EntityPath=orders',
        form: 'Service Bus connection string',
      },
      {
        text: '"HostName=moonbakery.azure-devices.net;DeviceId=oven;SharedAccessKey=⟦{{A-Za-z0-9+/*42}}8=⟧"',
        form: 'IoT Hub connection string',
      },
    ],
    negatives: [
      {
        text: 'Endpoint=sb://localhost;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;',
      },
      { text: 'SharedAccessKey={your key here}' },
    ],
  },
  {
    id: 'azure-app-configuration',
    provider: 'azure',
    title: 'Azure App Configuration connection string',
    titles: { pair: 'Azure App Configuration connection string' },
    why: 'It reads, and with a read-write key changes, every setting of every service that starts from this store.',
    advice: [
      'Regenerate the key on the access settings page of the store.',
      'Use a managed identity.',
    ],
    references: [
      'https://learn.microsoft.com/azure/azure-app-configuration/howto-disable-access-key-authentication',
    ],
    grades: { pair: 'critical' },
    parts: [
      {
        role: 'id',
        shapes: [
          {
            type: 'token',
            pieces: [{ text: '.azconfig.io;Id=' }, { set: 'A-Za-z0-9+/:-', min: 4, max: 64 }],
            notBefore: '',
            value: [1, 2],
          },
        ],
        onlyJoined: true,
      },
      {
        role: 'secret',
        shapes: [
          {
            type: 'token',
            pieces: [
              { text: ';Secret=' },
              { set: 'A-Za-z0-9+/', min: 43, max: 88 },
              { text: '=', optional: true },
            ],
            notBefore: '',
            notAfter: 'A-Za-z0-9+/=',
            value: [1, 3],
          },
        ],
        onlyJoined: true,
        entropy: 4,
      },
    ],
    examples: [
      {
        text: 'Endpoint=https://moonbakery.azconfig.io;Id=⟦{{a-z0-9*4}}-l0-s0:{{A-Za-z0-9*20}}⟧;Secret=⟦{{A-Za-z0-9+/*43}}=⟧',
        kinds: ['pair'],
        form: 'connection string',
      },
    ],
    negatives: [
      { text: 'Endpoint=https://moonbakery.azconfig.io;Id=x1y2-l0-s0:abc;Secret=<secret>' },
      { text: 'name=x;Secret={{A-Za-z0-9+/*43}}=', form: 'of something else' },
    ],
  },
  {
    id: 'azure-annotated-key',
    provider: 'azure',
    title: 'Azure service key',
    why: 'It is a login to the service that its last letters name: AI services, DevOps, Maps, Event Grid and others.',
    advice: [
      'Regenerate it on the keys page of the resource; DevOps tokens are revoked in the user settings.',
    ],
    references: ['https://github.com/microsoft/security-utilities'],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'token',
        shapes: [
          {
            type: 'token',
            pieces: [
              { set: 'A-Za-z0-9', min: 52, max: 52 },
              { text: 'JQQJ99' },
              { set: 'A-Za-z0-9', min: 26, max: 26 },
            ],
          },
        ],
        checks: ['azure-annotated'],
        entropy: 4,
      },
    ],
    examples: [
      {
        text: 'AZURE_OPENAI_API_KEY=⟦{{A-Za-z0-9*52}}JQQJ99BG{{A-Za-z0-9*16}}ACOG{{A-Za-z0-9*4}}⟧',
        form: 'AI services key',
      },
      {
        text: 'pat: "⟦{{A-Za-z0-9*52}}JQQJ99BB{{A-Za-z0-9*16}}AZDO{{A-Za-z0-9*4}}⟧"',
        form: 'DevOps token',
      },
    ],
    negatives: [{ text: 'key={{A-Za-z0-9*30}}JQQJ99{{A-Za-z0-9*26}}', form: 'too short' }],
  },
  {
    id: 'azure-devops-token',
    provider: 'azure',
    title: 'Azure DevOps personal access token',
    why: 'Whoever has it acts as its owner: reads and pushes code, runs pipelines, within its scopes.',
    advice: [
      'Revoke it: https://dev.azure.com/_usersSettings/tokens.',
      'Use a service principal or workload identity in pipelines.',
    ],
    references: [
      'https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate',
    ],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'token',
        shapes: [
          {
            type: 'assignment',
            names: [
              'ado pat',
              'ado token',
              'azdo pat',
              'devops pat',
              'devops token',
              'azure pat',
              'azure devops ext pat',
            ],
            value: { set: 'a-z2-7', min: 52, max: 52 },
          },
          {
            type: 'assignment',
            names: ['pat', 'personal access token'],
            value: { set: 'a-z2-7', min: 52, max: 52 },
            near: ['dev.azure.com', 'visualstudio.com', 'azure devops', 'azuredevops'],
          },
        ],
        entropy: 3.5,
      },
    ],
    examples: [
      { text: 'AZURE_DEVOPS_PAT=⟦{{a-z2-7*52}}⟧', form: 'token of the old form' },
      {
        text: 'org: https://dev.azure.com/moonbakery\npat: ⟦{{a-z2-7*52}}⟧\n',
        form: 'beside its organisation',
      },
    ],
    negatives: [
      { text: 'AZURE_DEVOPS_PAT=$(System.AccessToken)' },
      { text: 'pat: {{a-z2-7*52}}', form: 'nothing of Azure near' },
    ],
  },
  {
    id: 'azure-client-secret',
    provider: 'azure',
    title: 'Microsoft Entra ID client secret',
    why: 'With the client and tenant ids, which are no secrets, it signs in as the application.',
    advice: [
      'Add a new secret to the app registration, deploy it, delete this one.',
      'Use a managed identity or workload identity federation, which need no secret.',
    ],
    references: ['https://learn.microsoft.com/entra/identity-platform/how-to-add-credentials'],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'secret',
        shapes: [
          {
            type: 'token',
            pieces: [
              { set: '\\w~.-', min: 3, max: 3 },
              { oneOf: ['7Q~', '8Q~', '9Q~'] },
              { set: '\\w~.-', min: 31, max: 34 },
            ],
            notBefore: '\\w~.+/-',
            notAfter: '\\w~+/-',
          },
        ],
        checks: ['azure-client-secret'],
        entropy: 3.5,
      },
    ],
    examples: [
      {
        text: 'AZURE_CLIENT_SECRET=⟦{{a-zA-Z0-9*3}}8Q~{{a-zA-Z0-9_.\\-*33}}x⟧',
        form: 'client secret',
      },
      {
        text: '"clientSecret": "⟦{{a-zA-Z0-9*3}}7Q~{{a-zA-Z0-9_.\\-*30}}y⟧"',
        form: 'client secret, older',
      },
    ],
    negatives: [
      {
        text: 'USK@{{a-zA-Z0-9*20}}4~q8Q~{{a-zA-Z0-9*34}}',
        form: 'the middle of something longer',
      },
      { text: 'AZURE_CLIENT_ID={{uuid}}' },
    ],
  },
];
