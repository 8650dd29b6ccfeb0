import { type Resource, RunError } from "@pulumi/pulumi";
import { steadyError } from "../steady-error";

/** What a resource depends on that must not be made before the cloud is known to have what the plan names. */
export function admitted(passed: Promise<void>, dependsOn: readonly Resource[] = []): Promise<Resource[]> {
  return passed.then(() => [...dependsOn], steadily);
}

/** Every resource that waited fails with this error: it has to stay as it is. */
function steadily(error: unknown): never {
  if (RunError.isInstance(error)) throw error;
  throw steadyError(error instanceof Error ? error.message : String(error));
}
