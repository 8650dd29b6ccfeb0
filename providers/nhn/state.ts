import type { CloudState } from "../../model/cloud";
import { findable, untagged } from "../openstack/findable";
import { state as openstack } from "../openstack/state";

const PORT = "openstack:networking/port:Port";
const GROUP = "openstack:networking/secGroup:SecGroup";
const FLOATING = "openstack:networking/floatingIp:FloatingIp";

/** As OpenStack's, but that nothing bears tags, and floating addresses no description either. */
export const state: CloudState = {
  ...openstack,
  findable: {
    ...findable,
    // A planned address is on a network once.
    [PORT]: untagged(findable[PORT]),
    // Its description names the environment. One whose creation broke off may still let everything out: it goes, and another is made.
    [GROUP]: untagged(findable[GROUP]),
    [FLOATING]: { how: "person", look: "openstack floating ip list" },
  },
  remedies: [
    ...openstack.remedies,
    [
      /resizing online is disabled|status must be available to extend/,
      "Whether NHN Cloud's API enlarges a volume in use is not known, its console does: enlarge it there, and run `kpaas refresh`; the file may keep the larger size.",
    ],
    [
      /No suitable endpoint could be found in the service catalog/,
      "The catalogue has no such service in that region: name the region as the catalogue has it (KR1, KR2, KR3, JP1), and see that OS_AUTH_URL is NHN Cloud's (https://api-identity-infrastructure.nhncloudservice.com/v2.0).",
    ],
  ],
};
