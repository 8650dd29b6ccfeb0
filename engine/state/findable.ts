import { registry } from "../../files/registry";
import type { Placed } from "../../model/cloud";
import { type Findable, memberOf, textOf, type Values } from "../../model/findable";
import { KUBESPRAY_CLUSTER } from "../../model/type-tokens";
import { cloudOfResource } from "./clouds";

/** The id of an object of the Kubernetes API: the cluster holds one object of a kind and name. */
const kubernetesId = (inputs: Values): string => {
  const { namespace, name } = memberOf(inputs, "metadata");
  return textOf(namespace) === "" ? textOf(name) : `${textOf(namespace)}/${textOf(name)}`;
};

/** Every type of resource that kpaas makes, but for the objects in a cluster. */
export const TYPES: Readonly<Record<string, Findable>> = {
  // Of those that share a type the first counts: `findable` asks the cloud of the resource itself.
  ...Object.assign(
    {},
    ...Object.values(registry.clouds)
      .map(({ state }) => state?.findable ?? {})
      .reverse(),
  ),
  ...Object.assign({}, ...Object.values(registry.services).map(({ findable: own = {} }) => own)),
  "kubernetes:helm.sh/v3:Release": {
    how: "id",
    id: ({ name, namespace }) => `${textOf(namespace) === "" ? "default" : textOf(namespace)}/${textOf(name)}`,
  },
  // Without the key to its hosts nothing can be read; its creation then goes on by its journal.
  [KUBESPRAY_CLUSTER]: { how: "id", id: ({ name, ssh }) => (ssh === undefined ? "" : textOf(name)) },
};

/** How to find a resource. */
export function findable({ type, urn, custom }: Placed & { readonly custom?: boolean | undefined }): Findable {
  // Components are names in the state.
  if (custom === false) return { how: "nowhere" };
  const known = cloudOfResource({ type, urn })?.state?.findable[type] ?? TYPES[type];
  if (known !== undefined) return known;
  const [cloud] = type.split(":");
  if (cloud === "random" || cloud === "tls" || cloud === "pulumi") return { how: "nowhere" };
  if (cloud === "kubernetes") return { how: "id", id: kubernetesId };
  return { how: "person", look: `the objects of type ${type}` };
}

/** Words with which a lookup says that there is no such object, as opposed to that it could not ask. */
export const NOT_FOUND = /returned no |\bno (?!suitable endpoint)[\w ]+ found|could not be found|not found|^404/im;

/** Words with which it says that there are several. */
export const SEVERAL = /more than one|multiple results/i;
