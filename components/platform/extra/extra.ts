import { Release } from "@pulumi/kubernetes/helm/v3/release";
import {
  ComponentResource,
  type ComponentResourceOptions,
  CustomResource,
  type CustomResourceOptions,
  type Resource,
} from "@pulumi/pulumi";
import { type Fields, fields } from "../../../model/data";
import { holdsData, objectKey } from "../../../model/extra";
import { serviceType } from "../../../model/type-tokens";
import { ownOptions, requireClusterProvider } from "../../options";
import { releaseArgs } from "../helm";
import type { ExtraArgs } from "./args";

/** Any Kubernetes object, of the type that the SDK has for its kind. */
class KubernetesObject extends CustomResource {
  constructor(name: string, manifest: Fields, opts: CustomResourceOptions) {
    const version = String(manifest.apiVersion);
    super(`kubernetes:${version.includes("/") ? version : `core/${version}`}:${String(manifest.kind)}`, name, { ...manifest }, opts);
  }
}

/** Charts and objects of the user's own: made when everything of the platform is there, and gone before it. */
export class Extra extends ComponentResource {
  private readonly args: ExtraArgs;
  private readonly childPrefix: string;
  private readonly protectsData: boolean;

  /** @throws InputPropertyError for options without a kubernetes provider */
  constructor(name: string, args: ExtraArgs, opts?: ComponentResourceOptions) {
    const { options, protectsData } = ownOptions(opts);
    requireClusterProvider(opts);
    super(serviceType("Extra"), name, {}, options);
    this.args = args;
    this.childPrefix = name;
    this.protectsData = protectsData;
    const after = [...(args.after ?? [])];
    const { objects, releases } = args.plan;
    // Kinds, classes and rights are there before what uses them.
    const ofAll = objects.filter((each) => namespaceOf(each) === undefined).map((each) => this.object(each, after));
    const inside = objects.filter((each) => namespaceOf(each) !== undefined).map((each) => this.object(each, [...after, ...ofAll]));
    // It is uninstalled by itself: a chart may leave behind in the cluster what its namespace does not take along.
    for (const { name: release, namespace, chart, values } of releases)
      new Release(
        `${name}-release-${release}`,
        releaseArgs(release, namespace, chart, values),
        this.optionsOf([...after, ...ofAll, ...inside], namespace),
      );
    this.registerOutputs({});
  }

  private object(manifest: Fields, after: readonly Resource[]): Resource {
    const namespace = namespaceOf(manifest);
    const deletedWith = namespace === undefined ? this.args.cluster : this.args.namespaces[namespace];
    const protect = holdsData(manifest) && (this.args.protectData === true || this.protectsData);
    return new KubernetesObject(`${this.childPrefix}-${objectKey(manifest)}`, manifest, {
      ...this.optionsOf(after, namespace),
      ...(deletedWith === undefined ? {} : { deletedWith }),
      ...(protect ? { protect } : {}),
    });
  }

  private optionsOf(after: readonly Resource[], namespace: string | undefined): CustomResourceOptions {
    const inside = namespace === undefined ? undefined : this.args.namespaces[namespace];
    return { parent: this, dependsOn: [...after, ...(inside === undefined ? [] : [inside])] };
  }
}

function namespaceOf({ metadata }: Fields): string | undefined {
  const { namespace } = fields(metadata);
  return namespace === undefined ? undefined : String(namespace);
}
