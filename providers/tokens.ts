/** The resource types of the clouds' components. They stand in every state file: a change needs an alias on the component. */
export const OPENSTACK_INFRASTRUCTURE = "kpaas:openstack:Infrastructure";
