import type { CloudPreview } from "../../model/cloud";
import { text } from "../../model/data";
import { withData } from "../../model/preview/impacts";
import { marks } from "./marks";

/** How a preview tells of vSphere's resources. */
export const preview: CloudPreview = {
  countedOn: {
    "vsphere:index/virtualMachine:VirtualMachine": {
      kind: "machine",
      restartedBy: /^(numCpus|memory)$/,
      describe: (recorded) => ({
        name: marks(recorded).key,
        detail: [sizeOf(recorded.numCpus, recorded.memory), text(recorded.defaultIpAddress)].filter(Boolean).join(", "),
      }),
    },
    "vsphere:index/virtualDisk:VirtualDisk": {
      kind: "volume",
      describe: (recorded) => {
        const { key, volume } = marks(recorded);
        return {
          name: volume && `${volume} of ${key}`,
          detail: withData(recorded.size === undefined ? undefined : `${String(recorded.size)} GiB`),
        };
      },
    },
  },
  /** Nothing of it is there to let traffic through. */
  flow: () => undefined,
};

function sizeOf(cpus: unknown, memory: unknown): string | undefined {
  return typeof cpus === "number" && typeof memory === "number" ? `${cpus}x${memory / 1024}` : undefined;
}
