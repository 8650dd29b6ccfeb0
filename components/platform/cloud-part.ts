import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { type Resource, unsecret } from "@pulumi/pulumi";
import type { CloudPart } from "../../model/cloud-parts";
import { isFields } from "../../model/data";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { ServiceArgs } from "./args";
import type { CloudAccess } from "./grants";
import { contentHash, imageOf, repositoryAndTag } from "./objects";
import { PlatformService } from "./service";
import type { Values } from "./values";

/** Arguments of the components that are what the environment's cloud has of a kind. */
export interface CloudPartArgs extends ServiceArgs {
  /** What the cloud has, and what its infrastructure tells that. */
  readonly cloud: CloudAccess;
  readonly environment: EnvironmentPlan;
}

/** What the environment's cloud has of a kind: its chart, or its objects, with the Secret that it reads. */
export abstract class CloudPartService extends PlatformService {
  /** Gives what stands when it runs. */
  protected install(part: CloudPart, { cloud, environment }: CloudPartArgs): Resource[] {
    const given = { environment, service: this.plan, image: (role: string) => repositoryAndTag(imageOf(this.plan, role)) };
    const login = part.secret && this.login(part.secret, cloud, environment);
    const readers = part.secret?.readBy ?? [];
    const annotated = (all: Values, path: string) => (login === undefined ? all : placed(all, path.split("."), login.annotation));
    const first = login === undefined ? [] : [login.secret];
    if (part.values !== undefined) return [this.release(readers.reduce(annotated, part.values(given)), "nothing", first)];
    return (part.objects?.(given) ?? []).map(({ clusterWide = false, ...object }) => {
      const { name } = object.metadata;
      const metadata = clusterWide ? this.clusterMetadata(name) : this.metadata(name, name);
      const content = readers.includes(name) ? annotated(object, "spec.template.metadata.annotations") : object;
      return new CustomResource(
        this.childName(`${object.kind}-${name}`.toLowerCase()),
        { ...content, apiVersion: object.apiVersion, kind: object.kind, metadata: { ...object.metadata, ...metadata } },
        this.inCluster({ dependsOn: first }),
      );
    });
  }

  private login({ name, data }: NonNullable<CloudPart["secret"]>, { secrets }: CloudAccess, environment: EnvironmentPlan) {
    const content = secrets.apply((told) => ({ ...data(environment, told) }));
    // Nobody reads it again while it runs. What is in it is made by the cloud: nobody guesses it from its hash.
    const annotation = { "kpaas/login": unsecret(content).apply((known) => contentHash(JSON.stringify(known))) };
    return { secret: this.secret("login", name, name, content), annotation };
  }
}

function placed(values: Values, [key = "", ...rest]: readonly string[], value: unknown): Values {
  const inner = values[key];
  return { ...values, [key]: rest.length === 0 ? value : placed(isFields(inner) ? inner : {}, rest, value) };
}
