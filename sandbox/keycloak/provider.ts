import type { Provider } from "../../plugin/rpc/provider";
import { createServiceProvider } from "../cloud/in-service";
import { text } from "../values";
import { KEYCLOAK } from "./cloud";

/** The `keycloak` provider. It logs in at its first call, or at once (`initialLogin`), as the real one does. */
export function createKeycloakProvider(worldDir: string): Provider {
  return createServiceProvider(
    {
      simulated: KEYCLOAK,
      workload: "keycloak",
      url: (configuration) => text(configuration, "url"),
      hasty: ({ initialLogin }) => initialLogin !== false && initialLogin !== "false",
      unanswered: (url) =>
        `error logging in: Post "${url}/realms/master/protocol/openid-connect/token": dial tcp ${url.replace(/^\w+:\/\//, "")}: connect: connection refused`,
    },
    worldDir,
  );
}
