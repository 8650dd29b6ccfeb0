import type { Accounts } from "../accounts/accounts";
import { type Send, sender } from "../accounts/try-login";
import type { Trail } from "../audit/trail";
import type { Route } from "../http/route";
import type { Addresses } from "../webhooks/address";
import { accountRoutes } from "./accounts";
import { askingRoutes } from "./asking";
import { auditRoutes } from "./audit";
import { decisionRoutes } from "./decisions";
import { environmentRoutes } from "./environments";
import { kubeconfigRoutes } from "./kubeconfigs";
import { operationRoutes } from "./operations";
import type { Own } from "./own";
import { streamRoutes } from "./streams";
import { webhookRoutes } from "./webhooks";

/** All of the service's own calls. */
export function apiRoutes(
  own: Own & { readonly addresses: Addresses; readonly accounts: Accounts; readonly send?: Send; readonly trail: Trail },
): Route[] {
  return [
    ...environmentRoutes(own),
    ...operationRoutes(own),
    ...askingRoutes(own),
    ...decisionRoutes(own),
    ...streamRoutes(own),
    ...kubeconfigRoutes(own),
    ...webhookRoutes(own, own.addresses),
    ...accountRoutes(own, own.accounts, own.send ?? sender(own.addresses)),
    ...auditRoutes(own.trail),
  ];
}
