import { RESTORING } from "./backups";
import { shellWord } from "./remote-hosts";

/** What a host is asked besides its own facts. */
export interface FactsQuestion {
  readonly modules: readonly string[];
  /** `address:port` of other hosts: anybody's answer will do, a refusal too. */
  readonly ports: readonly string[];
  /** `host:port` of what images and files come from. */
  readonly sources: readonly string[];
  /** The variables http_proxy, https_proxy and no_proxy. */
  readonly proxies: { readonly https?: string; readonly http?: string; readonly except: string };
}

/** Tries connections, many at once. A proxy may hold a password: the question comes on standard input. */
const TRIES = `
import base64, json, socket, sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit, unquote
q = json.loads(sys.stdin.readline())

def split(place):
    host, port = place.rsplit(":", 1)
    return host, int(port)

def filtered(place):
    try:
        socket.create_connection(split(place), 4).close()
    except ConnectionRefusedError:
        return None
    except OSError:
        return "filtered " + place

def excepted(host):
    for one in q["proxies"]["except"].replace(" ", "").split(","):
        if one and (host == one or host.endswith("." + one.lstrip("."))):
            return True
    return False

def unreached(place):
    host, port = split(place)
    proxy = q["proxies"].get("http" if port == 80 else "https")
    try:
        if not proxy or excepted(host):
            socket.create_connection((host, port), 8).close()
            return None
        url = urlsplit(proxy if "://" in proxy else "http://" + proxy)
        with socket.create_connection((url.hostname, url.port or 3128), 8) as tried:
            if port != 80:
                login = ""
                if url.username is not None:
                    pair = unquote(url.username) + ":" + unquote(url.password or "")
                    login = "Proxy-Authorization: Basic " + base64.b64encode(pair.encode()).decode() + "\\r\\n"
                tried.settimeout(8)
                tried.sendall(("CONNECT %s HTTP/1.1\\r\\nHost: %s\\r\\n%s\\r\\n" % (place, place, login)).encode())
                said = tried.recv(64).decode("latin1").split("\\r\\n")[0]
                if " 200" not in said:
                    return "unreached %s the proxy says: %s" % (place, said or "nothing")
        return None
    except socket.gaierror:
        return "unreached %s its name is not found" % place
    except socket.timeout:
        return "unreached %s no answer" % place
    except OSError as error:
        return "unreached %s %s" % (place, error.strerror or error)

with ThreadPoolExecutor(64) as pool:
    for line in list(pool.map(filtered, q["ports"])) + list(pool.map(unreached, q["sources"])):
        if line:
            print(line)
`;

/** The script that prints a host's facts, one a line as `parseHostFacts` reads them, and changes nothing. Its input is {@link factsInput}. */
export function factsScript({ modules }: FactsQuestion): string {
  return `set -u
say() { printf '%s %s\\n' "$1" "$2"; }
has() { command -v "$1" > /dev/null 2>&1; }
say hostname "$(hostname)"
[ ! -r /etc/os-release ] || ( . /etc/os-release; say system "\${ID:-}"; say system-version "\${VERSION_ID:-}" )
say kernel "$(uname -r)"
[ -d /run/systemd/system ] && say systemd yes
while read -r key value unit; do [ "$key" != MemTotal: ] || say memory-kb "$value"; done < /proc/meminfo
say processors "$(nproc 2> /dev/null || grep -c ^processor /proc/cpuinfo)"
say disk-free-kb "$(df -Pk /var | tail -n 1 | { read -r d total used free rest; echo "$free"; })"
while read -r file type rest; do [ "$file" = Filename ] || say swap "$file"; done < /proc/swaps
say cgroups "$(stat -fc %T /sys/fs/cgroup)"
[ ! -r /etc/machine-id ] || say machine-id "$(cat /etc/machine-id)"
ip -4 -o addr show 2> /dev/null | while read -r number device family address rest; do say address "\${address%%/*}"; done
if [ -r /etc/resolv.conf ]; then while read -r key value; do [ "$key" != nameserver ] || say nameserver "$value"; done < /etc/resolv.conf; fi
! has timedatectl || case "$(timedatectl show -p NTPSynchronized --value 2> /dev/null)" in yes) say synchronized yes ;; no) say synchronized no ;; esac
for module in ${modules.map(shellWord).join(" ")}; do
  if [ -d "/sys/module/$module" ] || grep -qw "$module" /proc/filesystems; then say module "$module there"
  elif [ "$module" = br_netfilter ] && [ -d /proc/sys/net/bridge ]; then say module "$module there"
  elif has modprobe && modprobe -n -q "$module"; then say module "$module there"
  elif [ -d "/lib/modules/$(uname -r)" ]; then say module "$module missing"
  else say module "$module unknown"
  fi
done
active() { systemctl is-active --quiet "$1" 2> /dev/null; }
for service in ufw firewalld; do
  if active "$service" && { [ "$service" != ufw ] || ufw status 2> /dev/null | grep -q '^Status: active'; }; then say firewall "$service"; fi
done
for path in /etc/kubernetes/admin.conf /etc/kubernetes/kubelet.conf /var/lib/etcd/member /etc/rancher/k3s /etc/rancher/rke2; do
  [ ! -e "$path" ] || say kubernetes "$path"
done
for service in kubelet etcd k3s rke2-server; do if active "$service"; then say kubernetes "the service $service"; fi; done
for folder in /var/lib/kpaas/clusters/*; do [ ! -d "$folder" ] || say cluster "\${folder##*/}"; done
[ ! -s ${RESTORING} ] || say restoring "$(head -n 1 ${RESTORING})"
if has python3; then
  say python "$(python3 -c 'import platform; print(platform.python_version())')"
  python3 -c ${shellWord(TRIES)}
fi
exit 0
`;
}

/** What the script reads. */
export function factsInput({ ports, sources, proxies }: FactsQuestion): string {
  return `${JSON.stringify({ ports, sources, proxies })}\n`;
}
