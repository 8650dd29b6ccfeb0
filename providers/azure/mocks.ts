import type { Computed } from "../define-cloud";

/** What Azure computes of the resources of our component, for tests that have no provider. */
export const mocks: Computed = {
  "azure-native:resources:ResourceGroup": (_name, { resourceGroupName }) => ({ name: resourceGroupName }),
  "azure-native:network:VirtualNetwork": (_name, { virtualNetworkName }) => ({ name: virtualNetworkName }),
  "azure-native:network:NetworkSecurityGroup": (_name, { networkSecurityGroupName }) => ({ name: networkSecurityGroupName }),
  "azure-native:network:PublicIPAddress": (name) => ({ ipAddress: `198.51.100.${checksum(name)}` }),
  "azure-native:managedidentity:UserAssignedIdentity": (name) => ({ principalId: `${name}-principal`, clientId: `${name}-client` }),
  "azure-native:compute:VirtualMachine": (name) => ({ vmId: `${name}-vm-id` }),
};

function checksum(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 250, 7) + 1;
}
