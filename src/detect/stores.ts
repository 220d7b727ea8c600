// Stores that speak S3 but are not AWS: their keys must never be called AWS, migrated or sent there (aws.md 5.4).

export interface Store {
  readonly provider: string;
  readonly name: string;
}

interface StoreSigns extends Store {
  /** A key id of this store looks like this, and no other's does. */
  readonly id?: RegExp;
  /** Its endpoints. */
  readonly host?: RegExp;
}

const stores: readonly StoreSigns[] = [
  {
    provider: 'cloudflare-r2',
    name: 'Cloudflare R2',
    id: /^[0-9a-f]{32}$/,
    host: /r2\.cloudflarestorage\.com/,
  },
  {
    provider: 'digitalocean-spaces',
    name: 'DigitalOcean Spaces',
    id: /^DO(?:00|801)[A-Z0-9]{16}$/,
    host: /digitaloceanspaces\.com/,
  },
  {
    provider: 'backblaze-b2',
    name: 'Backblaze B2',
    id: /^00[0-9][0-9a-f]{9}0{4,}[0-9a-f]+$/,
    host: /backblazeb2\.com/,
  },
  {
    provider: 'scaleway',
    name: 'Scaleway Object Storage',
    id: /^SCW[A-Z0-9]{17}$/,
    host: /\.scw\.cloud/,
  },
  {
    provider: 'google-cloud-storage',
    name: 'Google Cloud Storage HMAC',
    id: /^GOOG[A-Z0-9]{10,57}$/,
    host: /storage\.googleapis\.com/,
  },
  {
    provider: 'alibaba-oss',
    name: 'Alibaba Cloud',
    id: /^LTAI[A-Za-z0-9]{12,20}$/,
    host: /aliyuncs\.com/,
  },
  {
    provider: 'tencent-cos',
    name: 'Tencent Cloud',
    id: /^AKID[A-Za-z0-9]{28,36}$/,
    host: /myqcloud\.com/,
  },
  { provider: 'wasabi', name: 'Wasabi', host: /wasabisys\.com/ },
  { provider: 'minio', name: 'MinIO', host: /minio|min\.io|:9000\b/i },
  {
    provider: 'localstack',
    name: 'LocalStack',
    id: /^L[SK]IA[A-Z0-9]{16}$/,
    host: /localstack|:4566\b/,
  },
  { provider: 'linode', name: 'Linode Object Storage', host: /linodeobjects\.com/ },
  { provider: 'ovh', name: 'OVHcloud Object Storage', host: /\.cloud\.ovh\.|\.io\.cloud\.ovh/ },
  { provider: 'hetzner', name: 'Hetzner Object Storage', host: /your-objectstorage\.com/ },
  {
    provider: 'ibm-cos',
    name: 'IBM Cloud Object Storage',
    host: /cloud-object-storage\.appdomain\.cloud/,
  },
  { provider: 'oracle', name: 'Oracle Object Storage', host: /\.oraclecloud\.com/ },
  { provider: 'exoscale', name: 'Exoscale', host: /\.exo\.io/ },
  { provider: 'idrive-e2', name: 'IDrive e2', host: /idrivee2/ },
  { provider: 'storj', name: 'Storj', host: /storjshare\.io/ },
  { provider: 'vultr', name: 'Vultr Object Storage', host: /vultrobjects\.com/ },
  { provider: 'garage', name: 'Garage', id: /^GK[0-9a-f]{24}$/, host: /\bgarage\b/ },
  { provider: 'ceph', name: 'Ceph', host: /\bceph\b|\bradosgw\b/ },
];

const awsHost =
  /(?:^|[./@])(?:[\w.-]*\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws|amazonaws\.eu)(?:[:/"'\s,;]|$)/;

/** An endpoint setting in any spelling, with its value. */
const endpoint =
  /(?:endpoint(?:[_.-]?url)?|host_base|hostbase|service_?url|s3_?url|minio_?url|s3_?host|"url")["'\])]?\s*(?:=>|[:=,>])?\s*["'`]?(?:https?:\/\/)?((?:[\w-]+\.)*[\w-]+(?::\d+)?)/gi;

/**
 * The store that an id's form, or an endpoint in the text around, names; undefined when nothing says it is not AWS. An unknown
 * endpoint that is not AWS's is some S3-compatible store.
 */
export function storeOf(id: string | undefined, text: string): Store | undefined {
  if (id !== undefined) {
    const byId = stores.find((store) => store.id?.test(id));
    if (byId !== undefined) return byId;
  }
  for (const match of text.matchAll(endpoint)) {
    const host = match[1] ?? '';
    if (!/[.:]/.test(host) && !/minio|localstack|ceph|garage|localhost/i.test(host)) continue;
    if (awsHost.test(`/${host} `)) continue;
    const byHost = stores.find((store) => store.host?.test(host));
    if (byHost !== undefined) return byHost;
    if (/^https?:/i.test(match[0].slice(match[0].search(/https?:/i))) || /\.\w+|:\d/.test(host)) {
      return { provider: 's3-compatible', name: 'S3-compatible' };
    }
  }
  return undefined;
}
