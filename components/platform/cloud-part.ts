import { CustomResource, type CustomResourceOptions, type Output, type Resource, unsecret } from "@pulumi/pulumi";
import type { CloudPart, PartObject } from "../../model/cloud-parts";
import { at } from "../../model/data";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { ServiceArgs } from "./args";
import type { CloudAccess } from "./grants";
import { contentHash, imageOf, repositoryAndTag, selectorLabels } from "./objects";
import { PlatformService } from "./service";
import { mergeValues, type Values } from "./values";

/** Arguments of the components that are what the environment's cloud has of a kind. */
export interface CloudPartArgs extends ServiceArgs {
  /** What the cloud has, and what its infrastructure tells that. */
  readonly cloud: CloudAccess;
  readonly environment: EnvironmentPlan;
}

/** An object of whatever kind, under the type that Kubernetes' provider has for it. */
class KubernetesObject extends CustomResource {
  constructor(name: string, { clusterWide: _all, ...object }: PartObject, metadata: object, opts: CustomResourceOptions) {
    const { apiVersion, kind } = object;
    // It takes none without a group.
    const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
    super(`kubernetes:${group}:${kind}`, name, { ...object, metadata: { ...object.metadata, ...metadata } }, opts);
  }
}

/** What pods say of the login that they have read. */
type ReadLogin = Readonly<Record<string, Output<string>>>;

/** What the environment's cloud has of a kind: its chart, or its objects, with the Secret that it reads. */
export abstract class CloudPartService extends PlatformService {
  /** Gives what stands when it runs. */
  protected install(part: CloudPart, { cloud, environment }: CloudPartArgs): Resource[] {
    const given = { environment, service: this.plan, image: (role: string) => repositoryAndTag(imageOf(this.plan, role)) };
    const login = part.secret && this.login(part.secret, cloud, environment);
    const readers = part.secret?.readBy ?? [];
    const first = login === undefined ? [] : [login.secret];
    if (part.values === undefined) return this.objects(part.objects(given), readers, login?.read, first);
    const annotated = (all: Values, path: string) => (login === undefined ? all : mergeValues(all, nested(path.split("."), login.read)));
    return [this.release(readers.reduce(annotated, part.values(given)), "nothing", first)];
  }

  private objects(objects: readonly PartObject[], readers: readonly string[], read: ReadLogin | undefined, first: Resource[]): Resource[] {
    if (this.plan.values !== undefined) throw new Error(`${this.plan.name} is not installed from a chart, so it takes no values`);
    const running = objects.filter(hasPods);
    for (const reader of readers)
      if (!running.some(({ metadata }) => metadata.name === reader))
        throw new Error(`${this.plan.name} has no object ${reader} with pods that would read its Secret`);
    const before = objects.filter((object) => !hasPods(object)).map((object) => this.object(object, first));
    const workloads = running.map((object) =>
      this.object(this.withPods(object, readers.includes(object.metadata.name) ? read : undefined), [...first, ...before]),
    );
    return [...before, ...workloads];
  }

  private object(object: PartObject, dependsOn: Resource[]): Resource {
    const { kind, clusterWide, metadata } = object;
    const ours = clusterWide ? this.clusterMetadata(metadata.name) : this.metadata(metadata.name, metadata.name);
    return new KubernetesObject(this.childName(`${kind}-${metadata.name}`.toLowerCase()), object, ours, this.inCluster({ dependsOn }));
  }

  /** A workload with the labels that it knows its pods by, and what makes them anew when the login changes. */
  private withPods(object: PartObject, annotations: ReadLogin | undefined): PartObject {
    const { name } = object.metadata;
    const metadata = { labels: this.podLabels(name), ...(annotations && { annotations }) };
    return {
      ...object,
      ...mergeValues(object, { spec: { selector: { matchLabels: { ...selectorLabels(name) } }, template: { metadata } } }),
    };
  }

  private login({ name, data }: NonNullable<CloudPart["secret"]>, { secrets }: CloudAccess, environment: EnvironmentPlan) {
    const content = secrets.apply((told) => ({ ...data(environment, told) }));
    // Nobody reads it again while it runs. What is in it is made by the cloud: nobody guesses it from its hash.
    const read: ReadLogin = { "kpaas/login": unsecret(content).apply((known) => contentHash(JSON.stringify(known))) };
    return { secret: this.secret("login", name, name, content), read };
  }
}

/** Whether it is a workload. */
function hasPods(object: PartObject): boolean {
  return at(object, "spec.template.spec") !== undefined;
}

/** Values that say nothing but this, there. */
function nested([key = "", ...rest]: readonly string[], value: unknown): Values {
  return { [key]: rest.length === 0 ? value : nested(rest, value) };
}
