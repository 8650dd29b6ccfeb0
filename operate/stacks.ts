import { readSecret } from "../files/read-secret";
import { resourceName } from "../model/fleet/export/operator-stack";
import type { SecretReference } from "../model/plan/infrastructure-types";
import { ApiRefusedError, ClusterApi } from "../reach/cluster-api";

/** Whose fields what is applied belongs to. */
const FIELD_MANAGER = "kpaas-fleet";

/** Where the resources of an API server are of the kinds that are applied. */
const PLURALS: Readonly<Record<string, string>> = { Stack: "stacks", PersistentVolumeClaim: "persistentvolumeclaims" };

/** An object as it is applied. */
interface Applied {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The Stacks of one namespace in the operator's cluster. */
export class Stacks {
  private constructor(
    private readonly api: ClusterApi,
    private readonly namespace: string,
  ) {}

  /**
   * @param folder what the relative paths of the kubeconfig go by
   * @throws Error saying why it cannot be read; never anything of it
   */
  static async open(kubeconfig: SecretReference, folder: string, namespace: string): Promise<Stacks> {
    return new Stacks(new ClusterApi(await readSecret(kubeconfig, folder)), namespace);
  }

  /** Makes an object what it is said to be, however often that is said. Fields that belong to somebody else stay. @throws ApplyRefusedError */
  async apply(object: Applied): Promise<void> {
    const path = `${this.path(object)}?fieldManager=${FIELD_MANAGER}`;
    await this.api.call(path, { method: "PATCH", body: object, type: "application/apply-patch+yaml" }).catch(refused);
  }

  /** A stack's Stack; undefined where there is none. */
  async read(stack: string): Promise<unknown> {
    try {
      return await this.api.call(this.path(stackOf(stack)));
    } catch (error) {
      if (error instanceof ApiRefusedError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Has the operator leave a stack alone: what is under way ends, and nothing of the cluster is deleted. */
  async remove(stack: string): Promise<void> {
    try {
      await this.api.call(this.path(stackOf(stack)), { method: "DELETE", body: {} });
    } catch (error) {
      if (!(error instanceof ApiRefusedError && error.status === 404)) throw error;
    }
  }

  private path({ apiVersion, kind, metadata: { name } }: Applied): string {
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return `${root}/namespaces/${this.namespace}/${PLURALS[kind]}/${name}`;
  }
}

/** Raised where the API server will not have an object, however often it is sent. */
export class ApplyRefusedError extends Error {
  override readonly name = "ApplyRefusedError";
}

function stackOf(stack: string): Applied {
  return { apiVersion: "pulumi.com/v1", kind: "Stack", metadata: { name: resourceName({ name: stack }) } };
}

function refused(error: unknown): never {
  if (error instanceof ApiRefusedError && error.status < 500 && error.status !== 429)
    throw new ApplyRefusedError(error.status === 409 ? "fields of it belong to somebody else, who applies it too" : error.message);
  throw error;
}
