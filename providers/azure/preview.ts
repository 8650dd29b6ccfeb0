import type { CloudPreview } from "../../model/cloud";
import { fields, text } from "../../model/data";
import { marksOf, volumeTitle } from "../../model/marks";
import { withData } from "../../model/preview/impacts";

/** How a preview tells of Azure's resources. */
export const preview: CloudPreview = {
  countedOn: {
    "azure-native:compute:VirtualMachine": {
      kind: "machine",
      // Azure stops a machine for another size, and starts it again.
      restartedBy: /^hardwareProfile\b/,
      describe: (recorded) => ({
        name: marksOf(recorded).key,
        detail: text(fields(recorded.hardwareProfile).vmSize) ?? "",
      }),
    },
    "azure-native:compute:Disk": {
      kind: "volume",
      describe: (recorded) => ({
        name: volumeTitle(recorded),
        detail: withData(recorded.diskSizeGB === undefined ? undefined : `${String(recorded.diskSizeGB)} GiB`),
      }),
    },
    "azure-native:network:PublicIPAddress": {
      kind: "address",
      describe: ({ ipAddress, publicIpAddressName }) => ({
        name: text(ipAddress) ?? text(publicIpAddressName),
        detail: "given back to the cloud",
      }),
    },
    "azure-native:network:LoadBalancer": {
      kind: "balancer",
      describe: ({ loadBalancerName, name }) => ({
        name: text(loadBalancerName) ?? text(name),
        detail: "nothing answers there while it is made anew",
      }),
    },
  },
  // Most often all rules are one resource, of which no part tells what was open before: that the recorded flows do.
  flow: () => undefined,
};
