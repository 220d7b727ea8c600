// Stores that speak S3 but are not AWS: their keys must never be called AWS, migrated or sent there.

export interface Store {
  readonly provider: string;
  readonly name: string;
}

interface StoreSigns extends Store {
  /** A key id of this store looks like this, and no other's does. */
  readonly id?: RegExp;
  /** Its endpoints. */
  readonly host?: RegExp;
  /** How its name stands in the names of its settings, written in small letters without signs. */
  readonly word?: RegExp;
}

const stores: readonly StoreSigns[] = [
  {
    provider: 'cloudflare-r2',
    name: 'Cloudflare R2',
    id: /^[0-9a-f]{32}$/,
    host: /r2\.cloudflarestorage\.com/,
    word: /^r2|cloudflare/,
  },
  {
    provider: 'digitalocean-spaces',
    name: 'DigitalOcean Spaces',
    id: /^DO(?:00|801)[A-Z0-9]{16}$/,
    host: /digitaloceanspaces\.com/,
    word: /^spaces|dospaces|digitalocean/,
  },
  {
    provider: 'backblaze-b2',
    name: 'Backblaze B2',
    id: /^00[0-9][0-9a-f]{12}0{4,8}[0-9a-f]{2,6}$/,
    host: /backblazeb2\.com/,
    word: /^b2|backblaze/,
  },
  {
    provider: 'scaleway',
    name: 'Scaleway Object Storage',
    id: /^SCW[A-Z0-9]{17}$/,
    host: /\.scw\.cloud/,
    word: /scaleway|^scw/,
  },
  {
    provider: 'google-cloud-storage',
    name: 'Google Cloud Storage HMAC',
    id: /^GOOG[A-Z0-9]{10,57}$/,
    host: /storage\.googleapis\.com/,
    word: /^gs(?:access|secret)|^gcs/,
  },
  {
    provider: 'alibaba-oss',
    name: 'Alibaba Cloud',
    id: /^LTAI[A-Za-z0-9]{12,20}$/,
    host: /aliyuncs\.com/,
    word: /aliyun|alibaba|^oss/,
  },
  {
    provider: 'tencent-cos',
    name: 'Tencent Cloud',
    id: /^AKID[A-Za-z0-9]{28,36}$/,
    host: /myqcloud\.com/,
    word: /tencent|^cos/,
  },
  { provider: 'wasabi', name: 'Wasabi', host: /wasabisys\.com/, word: /wasabi/ },
  { provider: 'minio', name: 'MinIO', host: /minio|min\.io|:9000\b/i, word: /minio/ },
  {
    provider: 'localstack',
    name: 'LocalStack',
    id: /^L[SK]IA[A-Z0-9]{16}$/,
    host: /localstack|:4566\b/,
    word: /localstack/,
  },
  { provider: 'linode', name: 'Linode Object Storage', host: /linodeobjects\.com/, word: /linode/ },
  { provider: 'ovh', name: 'OVHcloud Object Storage', host: /\.cloud\.ovh\.|\.io\.cloud\.ovh/ },
  {
    provider: 'hetzner',
    name: 'Hetzner Object Storage',
    host: /your-objectstorage\.com/,
    word: /hetzner/,
  },
  {
    provider: 'ibm-cos',
    name: 'IBM Cloud Object Storage',
    host: /cloud-object-storage\.appdomain\.cloud/,
  },
  { provider: 'oracle', name: 'Oracle Object Storage', host: /\.oraclecloud\.com/ },
  { provider: 'exoscale', name: 'Exoscale', host: /\.exo\.io/ },
  { provider: 'idrive-e2', name: 'IDrive e2', host: /idrivee2/, word: /idrive/ },
  { provider: 'storj', name: 'Storj', host: /storjshare\.io/, word: /storj/ },
  { provider: 'vultr', name: 'Vultr Object Storage', host: /vultrobjects\.com/, word: /vultr/ },
  { provider: 'garage', name: 'Garage', id: /^GK[0-9a-f]{24}$/, host: /\bgarage\b/ },
  { provider: 'ceph', name: 'Ceph', host: /\bceph\b|\bradosgw\b/, word: /^ceph|^rgw|radosgw/ },
];

/** The store whose key ids look like this one, if no other's do. */
export function storeById(id: string): Store | undefined {
  return stores.find((store) => store.id?.test(id));
}

/** The store that a setting is named after; names without signs, in small letters. */
export function storeByName(names: readonly string[]): Store | undefined {
  return stores.find(({ word }) => word !== undefined && names.some((name) => word.test(name)));
}

/** The store at a host (with its port); undefined for AWS itself and for a host nobody knows. */
export function storeByHost(host: string): Store | undefined {
  return stores.find((store) => store.host?.test(host));
}

const awsHost = /^(?:[\w.-]*\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws|amazonaws\.eu)(?:\.?:\d+)?$/i;

export function isAwsHost(host: string): boolean {
  return awsHost.test(host);
}

export const someStore: Store = { provider: 's3-compatible', name: 'S3-compatible' };
