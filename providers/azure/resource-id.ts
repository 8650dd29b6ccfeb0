/** A resource of the resource manager's, by its parts. */
export interface ResourceId {
  readonly subscription: string;
  readonly resourceGroup: string;
  /** `Microsoft.Network/virtualNetworks`. */
  readonly type: string;
  readonly name: string;
}

/** Reads an id, `/subscriptions/…/resourceGroups/…/providers/NAMESPACE/TYPE/NAME`; undefined for what is none. */
export function resourceId(text: string): ResourceId | undefined {
  const [, subscription, resourceGroup, type, name] =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/([^/]+\/[^/]+)\/([^/]+)$/i.exec(text) ?? [];
  return subscription === undefined || resourceGroup === undefined || type === undefined || name === undefined
    ? undefined
    : { subscription, resourceGroup, type, name };
}
