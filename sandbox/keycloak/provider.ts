import type { Provider } from "../../plugin/rpc/provider";
import { createServiceProvider } from "../cloud/in-service";
import { at, fields, list } from "../kubernetes/values";
import { text } from "../values";
import { KEYCLOAK, MASTER } from "./cloud";

/** The client of every Keycloak by which administrators log in. */
const ADMIN_CLIENT = "admin-cli";

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
      started(server) {
        const containers = list(at(server, "spec.template.spec.containers"));
        const names = containers.flatMap((container) => list(fields(container).env).map((each) => fields(each).name));
        return { client: names.includes("KC_BOOTSTRAP_ADMIN_CLIENT_ID") };
      },
      refusal(store, configuration) {
        const clientId = text(configuration, "clientId");
        if (clientId === "" || clientId === ADMIN_CLIENT || store.get("server", "home")?.client === true) return undefined;
        if (store.list("client").some((each) => each.realmId === MASTER && each.clientId === clientId)) return undefined;
        return 'error logging in: 401 Unauthorized. Response body: {"error":"invalid_client","error_description":"Invalid client or Invalid client credentials"}';
      },
    },
    worldDir,
  );
}
