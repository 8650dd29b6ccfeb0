import type { Release } from "@pulumi/kubernetes/helm/v3/release";
import { unsecret } from "@pulumi/pulumi";
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

/** What the environment's cloud has of a kind: its chart, by its values, with the Secret that it reads. */
export abstract class CloudPartService extends PlatformService {
  protected install(part: CloudPart, { cloud, environment }: CloudPartArgs): Release {
    const values = part.values({ environment, service: this.plan, image: (role) => repositoryAndTag(imageOf(this.plan, role)) });
    if (part.secret === undefined) return this.release(values);
    const { name, data, readBy } = part.secret;
    const content = cloud.secrets.apply((told) => ({ ...data(environment, told) }));
    const login = this.secret("login", name, name, content);
    // Nobody reads it again while it runs. What is in it is made by the cloud: nobody guesses it from its hash.
    const annotation = { "kpaas/login": unsecret(content).apply((known) => contentHash(JSON.stringify(known))) };
    return this.release(
      readBy.reduce<Values>((all, path) => placed(all, path.split("."), annotation), values),
      "nothing",
      [login],
    );
  }
}

function placed(values: Values, [key = "", ...rest]: readonly string[], value: unknown): Values {
  const inner = values[key];
  return { ...values, [key]: rest.length === 0 ? value : placed(isFields(inner) ? inner : {}, rest, value) };
}
