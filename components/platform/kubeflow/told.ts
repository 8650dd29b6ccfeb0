import { all, type Input, type Output, output } from "@pulumi/pulumi";
import type { PlannedArgs } from "../args";
import { contentHash, secretHash } from "../objects";
import type { KubeflowArgs } from "./args";
import { doorSettings, metadataWebSettings } from "./envoy";
import { LOGIN_FILE, loginSettings } from "./login";
import { KEYS, NAMES, STORE_USER, TRUST } from "./names";
import type { Told } from "./parts/part";
import { partsOf } from "./parts/parts";
import { apiSettings, type Login, metadataSettings, storeSettings, workflowSettings } from "./settings";

/** What is generated for its programs. Secret, but for the certificates. */
export interface Generated {
  readonly certificate: Output<string>;
  readonly key: Output<string>;
  readonly ca: Output<string>;
  readonly storeKey: Output<string>;
  /** Those of profiles. */
  readonly profileKeys: Readonly<Record<string, Output<string>>>;
  readonly cookie: Output<string>;
}

/** What its programs are told: in Secrets, and openly; and hashes of what each reads at its start only. */
export function toldOf(
  args: PlannedArgs<KubeflowArgs>,
  { certificate, key, ca: inside, storeKey, profileKeys, cookie: sealed }: Generated,
): Told {
  const { plan, database, realm, trust, shared, storageClass } = args;
  const { namespace, host = "" } = plan;
  const login: Output<Login> = all([database.host, database.port, database.database, database.user, database.password]).apply(
    ([atHost, port, schema, user, password]) => ({
      ...{ host: atHost, port, database: schema, user, password },
      verified: database.ca !== undefined,
    }),
  );
  const api = all([login, storeKey]).apply(([known, store]) => apiSettings(namespace, known, store, shared !== undefined));
  const stored = all([storeKey, all(profileKeys)]).apply(([store, profiles]) => storeSettings(store, profiles));
  const door = doorSettings(namespace);
  const metadata = all([login, certificate, key, inside]).apply(([known, shows, hidden, ca]) =>
    metadataSettings(known, { certificate: shows, key: hidden, ca }),
  );
  const proxy = all([realm.clientSecret, sealed]).apply(([client, cookie]) =>
    loginSettings(host, { realm, ...(trust === undefined ? {} : { trust }), ...(shared ? { shared } : {}) }, { client, cookie }),
  );
  const trusted: Readonly<Record<string, Input<string>>> = {
    [TRUST.inside]: inside,
    ...(database.ca === undefined ? {} : { [TRUST.database]: database.ca }),
    ...(trust === undefined ? {} : { [TRUST.platform]: trust }),
  };
  const workflows = workflowSettings(args);
  const web = metadataWebSettings(namespace);
  const trustHash = all(Object.values(trusted)).apply((known) => contentHash(known.join("")));
  const of = (...read: Input<string>[]): Output<string> => secretHash(...read, trustHash);
  const parts = partsOf(shared ?? { parts: [] }).map(({ told }) => told({ plan, storageClass, login }));
  return {
    secrets: [
      ...parts.flatMap(({ secrets }) => secrets),
      { role: "settings", name: NAMES.settings, workload: NAMES.api, data: { "config.json": api } },
      { role: "metadata-settings", name: NAMES.metadataSettings, workload: NAMES.metadata, data: { "config.proto": metadata } },
      { role: "store-settings", name: NAMES.storeSettings, workload: NAMES.store, data: { "s3.json": stored } },
      { role: "store-keys", name: NAMES.storeKeys, workload: NAMES.store, data: { [KEYS.user]: STORE_USER, [KEYS.secret]: storeKey } },
      { role: "login", name: NAMES.login, workload: shared ? NAMES.gate : NAMES.ui, data: { [LOGIN_FILE]: proxy } },
      { role: "tls", name: NAMES.tls, workload: "kubeflow", data: { "tls.crt": certificate, "tls.key": key }, type: "kubernetes.io/tls" },
      { role: "ca", name: NAMES.authority, workload: "kubeflow", data: { "ca.crt": inside } },
    ],
    open: [
      ...parts.flatMap((each) => each.open),
      { role: "trust", name: NAMES.trust, data: trusted },
      { role: "workflow-settings", name: NAMES.workflowSettings, data: workflows },
      ...(shared ? [{ role: "door-settings", name: NAMES.doorSettings, data: { "envoy.json": door } }] : []),
      { role: "metadata-web-settings", name: NAMES.metadataWebSettings, data: { "envoy.json": web } },
    ],
    read: {
      ...Object.assign({}, ...parts.map((each) => each.read)),
      [NAMES.store]: of(stored),
      [NAMES.metadata]: of(metadata),
      [NAMES.metadataWeb]: of(web, certificate),
      [NAMES.workflows]: output(contentHash(JSON.stringify(workflows))),
      [NAMES.api]: of(api, certificate),
      [NAMES.persistence]: trustHash,
      [NAMES.schedules]: trustHash,
      ...(shared
        ? { [NAMES.door]: of(door, certificate), [NAMES.gate]: of(proxy), [NAMES.ui]: of(storeKey, certificate) }
        : { [NAMES.ui]: of(proxy, storeKey, certificate) }),
    },
  };
}
