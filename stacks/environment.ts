import { ComponentResource, type ComponentResourceOptions, getStack, type Input, RunError, secret } from "@pulumi/pulumi";
import { Cluster } from "../components/cluster/cluster";
import type { Infrastructure } from "../components/infrastructure";
import { ownOptions, refuseClusterProvider } from "../components/options";
import { Platform } from "../components/platform/platform";
import type { Devices } from "../components/platform/rook-ceph/args";
import type { Checked, NoServices, OwnServices, Switches, Transforms } from "../components/platform/typed-services";
import { hasTask } from "../model/cluster/inventory";
import type { PlatformFields } from "../model/environment/environment-fields";
import { doorsOf, tunnelUrl } from "../model/plan/tunnel";
import type { EnvironmentPlan } from "../model/plan/types";
import { ENVIRONMENT } from "../model/type-tokens";
import { clouds } from "../providers/clouds";
import type { Cloud } from "../providers/define-cloud";
import { loginOutput } from "../reach/login-output";
import { addressesOf, addressOutputs, publicApi, subnetOfNodes } from "./addresses";
import { cloudAccess } from "./cloud-access";
import { failRunWhere, withoutStack } from "./fail-run";
import { leadTo } from "./forward-to";
import type { TlsInputs } from "./inputs";
import { kubespraySource } from "./kubespray-source";
import { nodesOf } from "./nodes";
import { type EnvironmentSecrets, secretsLater } from "./secrets";
import type { EnvironmentRecord, EnvironmentSpec, PlannedSpec } from "./spec";
import { readStanding } from "./standing";

/** An environment that is planned, checked and guarded already, as the program of this project hands it over. */
export interface PlannedEnvironmentArgs {
  /** What to bring up: made by `planEnvironment` from an environment file and its lock. */
  readonly plan: EnvironmentPlan;
  /** What the plan's secret references resolve to. */
  readonly secrets?: EnvironmentSecrets;
  /** Names of the nodes that leave and answer no more, as the guard allows it. */
  readonly lost?: readonly string[];
  /** Called once the cloud is known to have what the plan names, before an update makes anything. */
  readonly onChecked?: () => void;
}

/**
 * An environment by its fields, with services of the program's own beside ours. It is checked and planned at once, and compared with what is
 * there before anything is registered.
 */
export interface EnvironmentArgs<Wanted = Switches<NoServices>, Own extends OwnServices = NoServices>
  extends Omit<EnvironmentSpec, "platform"> {
  readonly platform?: Omit<PlatformFields, "services" | "tls"> & {
    /** The wildcard certificate of its domain. Default: selfSigned. */
    readonly tls?: TlsInputs;
    /** Which services there are, and with what options. Default: as the profile. */
    readonly services?: Wanted & Checked<Wanted, Own>;
  };
  /** Services of the program's own, by name, as `defineService` describes them: `platform.services` switches and sets them as it does ours. */
  readonly services?: Own;
  /** What changes resources of services before they are registered, by service. @default nothing */
  readonly transform?: Transforms<Own>;
  /** Secrets at hand as outputs. @default what the fields refer to is read from where they say */
  readonly secrets?: EnvironmentSecrets;
}

/**
 * One environment as a whole: the machines, the Kubernetes cluster on them, and the platform in it.
 *
 * @example
 * ```ts
 * const seoul = new Environment("seoul", { infrastructure: { provider: "openstack" }, lock: "seoul.lock.yaml" });
 * export const urls = seoul.platform.urls;
 * ```
 */
export class Environment<const Wanted extends Switches<Own> = NoServices, Own extends OwnServices = NoServices> extends ComponentResource {
  readonly infrastructure: Infrastructure;
  readonly cluster: Cluster;
  readonly platform: Platform<Wanted, Own>;
  private readonly plan: EnvironmentPlan;

  /**
   * @param opts `protect` reaches data volumes only, as the field `protect` does; an openstack provider takes the place of credentials
   * @throws InvalidEnvironmentError with every problem of the fields, InputPropertyError for options that would have no effect
   */
  constructor(name: string, args: EnvironmentArgs<Wanted, Own> | PlannedEnvironmentArgs, opts?: ComponentResourceOptions) {
    const { options, protectsData } = ownOptions(opts);
    refuseClusterProvider(opts);
    const { plan, secrets, ids, admitted, lost, record } = prepare(name, args as LooseArgs | PlannedEnvironmentArgs, protectsData);
    // Children wait for their parent: an environment that is not admitted registers nothing.
    super(ENVIRONMENT, name, { environment: admitted ?? plan.environment, release: plan.release, profile: plan.profile }, options);
    this.infrastructure = createInfrastructure(name, plan, secrets, { parent: this }, "plan" in args ? args.onChecked : undefined, ids);
    // Whoever hands over a plan waits for the answer; of an environment by its fields nobody does, and a rejection ends the run.
    if (admitted !== undefined) failRunWhere(Promise.all([admitted, this.infrastructure.checked.catch(withoutStack)]));
    const { machines } = this.infrastructure;
    const proxyUrl = tunnelUrl(plan);
    this.cluster = new Cluster(
      `${name}-cluster`,
      {
        spec: plan.cluster,
        ...(secrets.variables ? { secretVariables: secrets.variables } : {}),
        ...subnetOfNodes(plan),
        machines: Object.fromEntries(
          plan.machines.flatMap(({ name: node }) => {
            const machine = machines[node];
            return machine && hasTask(plan.cluster, node) ? [[node, machine]] : [];
          }),
        ),
        ssh: this.infrastructure.ssh,
        ...kubespraySource(plan),
        ...(proxyUrl === undefined ? {} : { proxyUrl }),
        ...publicApi(plan, this.infrastructure.apiEndpoint.publicAddress),
        ...(lost === undefined ? {} : { lostNodes: lost }),
      },
      // The network must let machines out and the balancer must answer before kubespray starts.
      { parent: this, dependsOn: [...this.infrastructure.last] },
    );
    if (admitted !== undefined) leadTo(doorsOf(plan), this.cluster.kubeconfig);
    this.platform = new Platform<Wanted, Own>(
      `${name}-platform`,
      {
        plan,
        cluster: this.cluster,
        ...(this.infrastructure.ingressPublicAddress && { ingressPublicAddress: this.infrastructure.ingressPublicAddress }),
        ...nodesOf(plan, machines, this.infrastructure.ssh),
        secrets,
        ...cloudAccess(plan, this.infrastructure.told),
        ...cephDevices(plan, machines),
        ...("plan" in args || args.services === undefined ? {} : { services: args.services }),
        ...("plan" in args || args.transform === undefined ? {} : { transform: args.transform }),
      },
      { parent: this },
    );
    this.plan = plan;
    this.registerOutputs({ endpoint: this.cluster.endpoint, urls: this.platform.urls, ...record });
  }

  /** What the stack shows: the node table, the API endpoint, URLs, and as secrets the kubeconfig and the credentials. */
  get outputs(): Readonly<Record<string, unknown>> {
    return {
      kubeconfig: secret(this.cluster.kubeconfig),
      apiEndpoint: this.cluster.endpoint,
      nodes: this.cluster.nodeTable,
      versions: this.cluster.versions,
      urls: this.platform.urls,
      credentials: this.platform.credentials,
      ssh: loginOutput(this.infrastructure.ssh),
      ...addressOutputs(this.plan, addressesOf(this.plan, this.infrastructure)),
      caCertificate: this.platform.caCertificate,
    };
  }
}

/** Where the disks are that Ceph takes, by machine and volume. */
function cephDevices({ platform: { storage } }: EnvironmentPlan, machines: Infrastructure["machines"]): { devices?: Devices } {
  if (storage.kind !== "rookCeph") return {};
  return { devices: Object.fromEntries(storage.machines.map(({ name }) => [name, machines[name]?.devices ?? {}])) };
}

interface Prepared {
  readonly plan: EnvironmentPlan;
  readonly secrets: EnvironmentSecrets;
  /** Ids by the reference that the plan has in their place. */
  readonly ids?: PlannedSpec["ids"];
  /** The environment's name once the plan is compared with what is there; undefined where that is done already. */
  readonly admitted?: Promise<string>;
  /** Names of the nodes that leave and answer no more; undefined for none. */
  readonly lost?: Input<readonly string[] | undefined>;
  /** What the component keeps for the next comparison. */
  readonly record?: { readonly [field in keyof EnvironmentRecord]: Input<EnvironmentRecord[field] | undefined> };
}

/** The arguments without what is known of them only where they are written. */
type LooseArgs = EnvironmentSpec & Pick<EnvironmentArgs, "secrets" | "transform"> & { readonly services?: OwnServices };

function prepare(name: string, args: LooseArgs | PlannedEnvironmentArgs, protectsData: boolean): Prepared {
  if ("plan" in args) {
    const { plan, secrets = {}, lost = [] } = args;
    return { plan: protectsData ? { ...plan, protectData: true } : plan, secrets, ...(lost.length === 0 ? {} : { lost }) };
  }
  const { secrets, services, transform: _transform, ...spec } = args;
  // What reads and checks fields is half of all there is to load; who has a plan does without.
  const { planSpec }: typeof import("./spec") = require("./spec");
  const planned = planSpec(name, protectsData ? { ...spec, protect: "data" } : spec, services);
  const admitted = planned.admit();
  const variables = planned.secrets.variables && { ...planned.secrets.variables, ...secrets?.variables };
  return {
    plan: planned.plan,
    secrets: secretsLater(planned.plan, { ...planned.secrets, ...secrets, ...(variables ? { variables } : {}) }),
    ids: planned.ids,
    admitted: admitted.then(() => name),
    lost: admitted.then(
      ({ lost }) => (lost.length === 0 ? undefined : lost),
      () => undefined, // told by the other one
    ),
    record: {
      applied: admitted.then(
        ({ record }) => record.applied,
        () => undefined,
      ),
      lock: planned.lock,
    },
  };
}

/** The machines of the plan's cloud. Loaded here, so that no other cloud's SDK is. */
export function createInfrastructure(
  name: string,
  plan: EnvironmentPlan,
  secrets: EnvironmentSecrets,
  opts: ComponentResourceOptions,
  onChecked: (() => void) | undefined,
  ids: PlannedSpec["ids"] = {},
): Infrastructure {
  const cloud = Object.values<Cloud>(clouds).find((each) => each.name === plan.provider);
  if (cloud === undefined) throw new Error(`machines on ${plan.provider} are not supported yet in this version`);
  const Component = load(() => cloud.infrastructure(), cloud.sdk);
  return new Component(
    `${name}-infrastructure`,
    { plan, secrets, ids, standing: standingNames, ...(onChecked ? { onChecked } : {}) },
    opts,
  );
}

/** Logical names of what stands in this stack. */
async function standingNames(): Promise<ReadonlySet<string>> {
  return new Set((await readStanding(getStack())).map(({ urn }) => urn.split("::").slice(3).join("::")));
}

/** A cloud's component; its SDK is for the user to install. */
function load<T>(load: () => T, sdk: string | undefined): T {
  try {
    return load();
  } catch (error) {
    if (sdk !== undefined && error instanceof Error && error.message.startsWith(`Cannot find module '${sdk}/`))
      throw new RunError(`this environment needs the package ${sdk}, which is not installed: run \`npm install ${sdk}\``);
    throw error;
  }
}
