import type { Provider } from "../../plugin/rpc/provider";
import { createServiceProvider } from "../cloud/in-service";
import { text } from "../values";
import { VAULT } from "./cloud";

/** The `vault` provider. It logs in at its first call, as the real one does. */
export function createVaultProvider(worldDir: string): Provider {
  return createServiceProvider(
    {
      simulated: VAULT,
      workload: "openbao",
      url: (configuration) => text(configuration, "address"),
      hasty: () => false,
      unanswered: (url) => `Put "${url}/v1/auth/kpaas/login": dial tcp ${url.replace(/^\w+:\/\//, "")}: connect: connection refused`,
    },
    worldDir,
  );
}
