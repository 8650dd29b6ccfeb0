import {
  type ComponentResource,
  type CustomResourceOptions,
  type ProviderResource,
  type Resource,
  RunError,
  runtime,
} from "@pulumi/pulumi";
import { steadyError } from "../steady-error";

/** What a child needs beyond parent and provider. */
interface ChildOptions extends CustomResourceOptions {
  readonly dependsOn?: Resource[];
}

/** Where a cloud's resources are registered. */
interface Registered {
  readonly parent: ComponentResource;
  readonly provider: ProviderResource;
  /** What the cloud has of what the plan names. */
  readonly survey: { readonly passed: Promise<void> };
}

/** Options of a child. Nothing is made before the cloud is known to have what the plan names; a preview need not wait for that. */
export function child({ parent, provider, survey }: Registered, options: ChildOptions = {}): CustomResourceOptions {
  if (runtime.isDryRun()) return { ...options, parent, provider };
  return { ...options, dependsOn: admitted(survey.passed, options.dependsOn), parent, provider };
}

/** What a resource depends on that must not be made before the cloud is known to have what the plan names. */
function admitted(passed: Promise<void>, dependsOn: readonly Resource[] = []): Promise<Resource[]> {
  return passed.then(() => [...dependsOn], steadily);
}

/** Every resource that waited fails with this error: it has to stay as it is. */
function steadily(error: unknown): never {
  if (RunError.isInstance(error)) throw error;
  throw steadyError(error instanceof Error ? error.message : String(error));
}
