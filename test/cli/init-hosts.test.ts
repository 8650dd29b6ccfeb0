import assert from "node:assert/strict";
import { HostsProblems } from "../../cli/hosts/found";
import { readHosts } from "../../cli/hosts/read";
import { hostsText } from "../../cli/hosts/template";

const read = (text: string) => {
  const problems = new HostsProblems();
  const found = readHosts(text, problems);
  const hosts = found.hosts.map(({ name, address, accessAddress = "-", user = "-", port = "-", tasks }) =>
    [name, address, accessAddress, user, port, [...tasks].join("+")].join(" "),
  );
  return { found, hosts, problems: problems.problems.map(({ where, reason }) => `${where}: ${reason}`) };
};

describe("a file of hosts", () => {
  it("can be a list", () => {
    assert.deepEqual(read("# three\nn1 10.0.0.1 203.0.113.1\nn2 10.0.0.2 nfs\nN3.example.org 10.0.0.3\n").hosts, [
      "n1 10.0.0.1 203.0.113.1 - - control-plane",
      "n2 10.0.0.2 - - - nfs",
      "n3 10.0.0.3 - - - worker",
    ]);
  });

  it("can be an inventory of Ansible in either form", () => {
    const ini = "[all]\na ansible_host=203.0.113.1 ip=10.0.0.1 ansible_port=2222\nb ansible_host=10.0.0.2 ansible_user=core\n";
    const groups = "[kube_control_plane]\na\n[etcd]\na\n[kube_node]\na\nb\n[all:vars]\nansible_user=ubuntu\n";
    const wanted = ["a 10.0.0.1 203.0.113.1 - 2222 control-plane+etcd", "b 10.0.0.2 - core - worker"];
    assert.deepEqual(read(ini + groups).hosts, wanted);
    const yaml = `all:
  hosts:
    a: { ansible_host: 203.0.113.1, ip: 10.0.0.1, ansible_port: 2222 }
    b: { ansible_host: 10.0.0.2, ansible_user: core }
  vars: { ansible_user: ubuntu }
  children:
    kube_control_plane: { hosts: { a: } }
    etcd: { hosts: { a: } }
    kube_node: { hosts: { a: , b: } }
`;
    assert.deepEqual(read(yaml).hosts, wanted);
    assert.equal(read(yaml).found.user, "ubuntu");
  });

  it("can be the variables of K-PaaS' own scripts", () => {
    const { found, hosts, problems } = read(`#!/bin/bash
export KUBE_CONTROL_HOSTS=1
export MASTER1_NODE_HOSTNAME="m1"
export MASTER1_NODE_PUBLIC_IP=203.0.113.1
export MASTER1_NODE_PRIVATE_IP=10.0.0.1
export KUBE_WORKER_HOSTS=1
export WORKER1_NODE_HOSTNAME=w1
export WORKER1_NODE_PRIVATE_IP=10.0.0.2
export STORAGE_TYPE=nfs
export NFS_SERVER_PRIVATE_IP=10.0.0.9
export METALLB_IP_RANGE=10.0.0.50-10.0.0.60
export INGRESS_NGINX_IP=10.0.0.99
export INSTALL_KYVERNO=Y
`);
    assert.deepEqual([problems, hosts], [[], ["m1 10.0.0.1 203.0.113.1 - - control-plane+etcd", "w1 10.0.0.2 - - - worker"]]);
    const text = hostsText(found, "~/.ssh/id_rsa");
    assert.match(text.platform, /range: 10\.0\.0\.50-10\.0\.0\.60 }\n {2}# not taken: INGRESS_NGINX_IP 10\.0\.0\.99/);
    assert.match(text.platform, /storage: { kind: nfs, server: 10\.0\.0\.9/);
    assert.match(text.infrastructure, /not taken: INSTALL_KYVERNO=Y/);
    assert.match(text.cluster, /nodes: { m1: {} }/);
  });

  it("is told all that is wrong with it at once", () => {
    assert.deepEqual(read("a\nb 300.1.1.1\nb 10.0.0.2\n").problems, [
      'line 1: "a" is no host',
      'b: "300.1.1.1" is no IPv4 address',
      "b: is there twice",
    ]);
    assert.deepEqual(read("a 10.0.0.1\nb 10.0.0.1\n").problems, ["b: has the address 10.0.0.1 of a"]);
    assert.deepEqual(read("[etcd]\na ip=10.0.0.1 ansible_port=ssh\n").problems, ['a: "ssh" is no port']);
    assert.match(read("all: [\n").problems.join(), /^line 2: is no YAML: /);
    assert.deepEqual(read("KUBE_CONTROL_HOSTS=1\nKUBE_WORKER_HOSTS=\nMASTER1_NODE_HOSTNAME=m\n").problems, [
      "MASTER1_NODE_PRIVATE_IP: is empty",
      "KUBE_WORKER_HOSTS: is empty: the platform needs a worker",
    ]);
    assert.equal(read("\n").problems.length, 1);
  });
});
