/*
 * What K-PaaS's portal sends while somebody adds an account, a key and a template, makes a cluster of them and watches it, in that order, and what it
 * reads of the answers. Paths, names of fields and values as in the source of 1.7: cp-portal-api (CloudAccountsController, SshKeysController,
 * HclTemplatesController, ClustersController, ClusterLogsController, Params, RestTemplateService.sendGlobal) and cp-terraman (TerramanController).
 */

/** An environment file in HCL's place. */
export const TEXT = `# Two workers are enough.
name: any
infrastructure:
  provider: openstack
  image: ubuntu-22.04
`;

export const PRIVATE_KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary-private-key\n-----END OPENSSH PRIVATE KEY-----\n";

/** One request, and of its answer what the portal goes by. */
export interface Exchange {
  readonly send: readonly [method: string, path: string, body?: unknown];
  readonly status?: number;
  /** Fields of the answer that have to be these. */
  readonly reads: Readonly<Record<string, unknown>>;
  /** Of each item of its list. */
  readonly items?: readonly Readonly<Record<string, unknown>>[];
}

const OK = { resultCode: "SUCCESS", resultMessage: "OK", httpStatusCode: 200, detailMessage: "OK" };

/** `CLUSTER` stands for the number that the cluster was given. */
export const CONVERSATION: readonly Exchange[] = [
  { send: ["GET", "/clusters/check"], reads: { resultCode: "SUCCESS" } },
  {
    send: [
      "POST",
      "/accounts",
      {
        ...{ resourceName: "private cloud", providerType: "OPENSTACK", region: "RegionOne", project: "demo", site: "" },
        providerInfo: { auth_url: "https://cloud.example.org:5000/v3", user_name: "kim", password: "canary, with, commas" },
      },
    ],
    reads: { ...OK, id: 1, name: "private cloud", provider: "OPENSTACK", region: "RegionOne", project: "demo" },
  },
  {
    send: ["GET", "/accounts/provider/OPENSTACK"],
    reads: { ...OK, itemMetaData: { allItemCount: 1, remainingItemCount: 0 } },
    items: [{ id: 1, name: "private cloud", providerInfo: null }],
  },
  { send: ["GET", "/accounts/provider/AWS"], reads: OK, items: [] },
  { send: ["GET", "/accounts/1"], reads: { ...OK, id: 1, providerInfo: null } },
  {
    send: [
      "POST",
      "/clusters/cp-cluster/keys",
      { cluster: "cp-cluster", resourceName: "key", providerType: "OPENSTACK", privateKey: PRIVATE_KEY },
    ],
    reads: { ...OK, id: 1, name: "key", provider: "OPENSTACK", privateKey: null },
  },
  { send: ["GET", "/clusters/cp-cluster/keys/1"], reads: { ...OK, name: "key", privateKey: null } },
  {
    send: ["POST", "/templates", { resourceName: "small", providerType: "OPENSTACK", hclScript: TEXT, region: "" }],
    reads: { ...OK, id: 1, name: "small", hclScript: TEXT },
  },
  {
    send: ["GET", "/templates/provider/OPENSTACK?offset=0&limit=10&orderBy=creationTime&order=desc"],
    reads: OK,
    items: [{ id: 1, name: "small" }],
  },
  {
    send: [
      "POST",
      "/clusters",
      {
        ...{ resourceName: "seoul", clusterType: "sub", providerType: "OPENSTACK", description: "the first", cloudAccountId: "1" },
        ...{ sshKey: "key", hclScript: TEXT, isClusterRegister: false, clusterApiUrl: "", clusterToken: "" },
      },
    ],
    reads: { ...OK, name: "seoul", clusterType: "sub", providerType: "OPENSTACK", sshKey: "key", clusterToken: null },
  },
  { send: ["POST", "/clusters/create/container", { clusterId: "CLUSTER", provider: "OPENSTACK", seq: "1", sshKey: "key" }], reads: {} },
  { send: ["POST", "/clusters/create", { clusterId: "CLUSTER", provider: "OPENSTACK", seq: "1", sshKey: "key" }], reads: {} },
  { send: ["GET", "/clusters"], reads: OK, items: [{ clusterId: "CLUSTER", name: "seoul", status: "C", isActive: false }] },
  { send: ["GET", "/clusters/CLUSTER"], reads: { ...OK, clusterId: "CLUSTER", status: "C", description: "the first", clusterToken: null } },
];

/** What the portal shows of it in the end, newest first. */
export const LOG = [
  "The provisioning of the cluster is complete.",
  "Configuration information update for cluster configuration has been completed.",
  "It succeeded in loading the configuration information of the newly created instance.",
  "The system has finished configuring the instances for cluster creation.",
  "The system has confirmed that there are no problems with the terraform plan.",
  "Terraform initialization is complete.",
  "Tf file for instance configuration is complete.",
  "Upload of requested IaC information is complete.",
  "Start creating cluster(Provider : OPENSTACK)",
];

export const AFTER: readonly Exchange[] = [
  {
    send: [
      "PATCH",
      "/clusters",
      { cluster: "CLUSTER", resourceName: "Seoul 1", clusterType: "sub", providerType: "OPENSTACK", description: "renamed" },
    ],
    reads: { ...OK, clusterId: "CLUSTER", name: "Seoul 1", description: "renamed", status: "A" },
  },
  {
    send: ["PATCH", "/accounts", { resourceUid: "1", resourceName: "other", providerType: "OPENSTACK" }],
    reads: { ...OK, id: 1, name: "other" },
  },
  { send: ["DELETE", "/accounts/1"], reads: { resultCode: "FAIL" } },
  { send: ["DELETE", "/clusters/CLUSTER"], reads: OK },
  { send: ["GET", "/clusters/CLUSTER"], reads: { resultCode: "FAIL", resultMessage: "The resource does not exist." } },
  {
    send: ["GET", "/clusters/logs/CLUSTER"],
    reads: { resultCode: "FAIL", resultMessage: "DATA_NOT_FOUND", detailMessage: "Log message is empty." },
  },
  { send: ["DELETE", "/accounts/1"], reads: OK },
  { send: ["DELETE", "/templates/1"], reads: OK },
  { send: ["DELETE", "/clusters/cp-cluster/keys/1"], reads: OK },
  {
    send: [
      "POST",
      "/clusters",
      {
        ...{ resourceName: "kt", clusterType: "sub", providerType: "KT", description: "", isClusterRegister: true },
        ...{ clusterApiUrl: "REGISTERED#sha256=FINGERPRINT", clusterToken: "canary-token" },
      },
    ],
    reads: { ...OK, name: "kt", status: "A", clusterApiUrl: "REGISTERED", clusterToken: null, kubernetesVersion: "v1.33.5", nodeCount: 2 },
  },
];
