import type { LoadedEnvironment } from "../files/load";

/** A line that says a lock is missing or outdated; nothing where it is current or the file could not be planned. */
export function lockNotice(loaded: LoadedEnvironment): string[] {
  const state = loaded.planned?.lockState ?? "current";
  if (state === "current") return [];
  return [`${loaded.name}: the lock file is ${state}; \`kpaas lock ${loaded.name}\` writes it`];
}

/** A line that says what versions the environment has instead of its release's; nothing where they are the same. */
export function versionNotice({ name, planned }: LoadedEnvironment): string[] {
  if (planned === undefined) return [];
  const { shipped, plan } = planned;
  const { kubernetes, kubespray } = plan.cluster;
  if (shipped.kubernetes === kubernetes && shipped.kubespray === kubespray) return [];
  return [
    `${name}: K-PaaS ${plan.release} ships Kubernetes ${shipped.kubernetes} by kubespray ${shipped.kubespray}; this environment runs ${kubernetes} by ${kubespray}`,
  ];
}
