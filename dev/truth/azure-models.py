"""Holds the inputs of Azure's golden graphs against the models of the azure-mgmt packages, which are generated from the REST definitions.

Gets resources from standard input, a line of JSON each, and says what differs, as JSON. With --fields it says of every
type which inputs are for a creation only. Its argument is the folder site-packages that has the packages azure-mgmt-network, -compute, -resource,
-authorization and -msi. They are read, never run.
"""
import ast
import json
import sys
from pathlib import Path

# By type: the package, the module of its models (the newest where several), and the class of the request's body.
BODIES = {
    "resources:ResourceGroup": ("resource", "ResourceGroup"),
    "network:VirtualNetwork": ("network", "VirtualNetwork"),
    "network:Subnet": ("network", "Subnet"),
    "network:NetworkSecurityGroup": ("network", "NetworkSecurityGroup"),
    "network:SecurityRule": ("network", "SecurityRule"),
    "network:ApplicationSecurityGroup": ("network", "ApplicationSecurityGroup"),
    "network:NatGateway": ("network", "NatGateway"),
    "network:PublicIPAddress": ("network", "PublicIPAddress"),
    "network:LoadBalancer": ("network", "LoadBalancer"),
    "network:NetworkInterface": ("network", "NetworkInterface"),
    "compute:VirtualMachine": ("compute", "VirtualMachine"),
    "compute:Disk": ("compute", "Disk"),
    "managedidentity:UserAssignedIdentity": ("msi", "Identity"),
    "authorization:RoleDefinition": ("authorization", "RoleDefinition"),
    "authorization:RoleAssignment": ("authorization", "RoleAssignmentCreateParameters"),
}
# What stands in the request's path: azure-native has it beside the body.
PATH = {
    "resourceGroupName", "virtualNetworkName", "subnetName", "networkSecurityGroupName", "securityRuleName",
    "applicationSecurityGroupName", "natGatewayName", "publicIpAddressName", "loadBalancerName", "networkInterfaceName", "vmName", "diskName", "resourceName", "roleDefinitionId",
    "roleAssignmentName", "scope",
}


class Field:
    def __init__(self, annotation, required, writable, once=False):
        self.annotation, self.required, self.writable, self.once = annotation, required, writable, once


def models_of(folder, package):
    """Every class of a package by name: its bases, its fields by the REST name; enumerations by name."""
    root = Path(folder, "azure", "mgmt", package)
    # Versions stand in folders, the newest last; in the resource package the groups' own module counts.
    within = root / "resources" if package == "resource" else root
    classes = {}
    for file in sorted([*within.glob("**/models/_models.py"), *within.glob("**/models/_models_py3.py")]):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.ClassDef):
                classes[node.name] = read_class(node)
    enums = {}
    for file in root.glob("**/models/*_enums.py"):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.ClassDef):
                enums[node.name] = [s.value.value for s in node.body if isinstance(s, ast.Assign) and isinstance(s.value, ast.Constant)]
    return classes, enums


def read_class(node):
    fields, validation, attributes = {}, {}, {}
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.value, ast.Call) and getattr(statement.value.func, "id", "") == "rest_field":
            given = {k.arg: k.value for k in statement.value.keywords}
            name = given["name"].value if "name" in given else statement.target.id
            visible = [e.value for e in given["visibility"].elts] if "visibility" in given else ["create", "update"]
            text = ast.unparse(statement.annotation)
            fields[name] = Field(text, not text.startswith("Optional["), any(v in visible for v in ("create", "update")), "create" in visible and "update" not in visible)
        elif isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") in ("_validation", "_attribute_map"):
            (validation if statement.targets[0].id == "_validation" else attributes).update(ast.literal_eval(statement.value))
    for attribute, about in attributes.items():
        rules = validation.get(attribute, {})
        # `properties.x` is flattened by azure-native too.
        fields[about["key"].removeprefix("properties.")] = Field(about["type"], rules.get("required", False), not rules.get("readonly", False))
    return [ast.unparse(b).split(".")[-1] for b in node.bases], fields


def fields_of(name, classes):
    if name not in classes:
        return {}
    bases, fields = classes[name]
    found = {}
    for base in bases:
        found.update(fields_of(base, classes))
    found.update(fields)
    properties = found.get("properties")
    if properties is not None:
        inner = next((c for c in classes if f"'_models.{c}'" in properties.annotation.replace('"', "'") or properties.annotation == c), None)
        if inner is not None:
            del found["properties"]
            found.update(fields_of(inner, classes))
    return found


# azure-native's name for a member that would be its own `type`.
RENAMED = {"roleType": "type"}
# Its enumeration is a list of some: Azure offers more than it names.
OPEN = {"vmSize"}


def hold(path, value, cls, models, tell, outer=True):
    classes, enums = models
    fields = fields_of(cls, classes)
    for key, each in value.items():
        if each is None or (outer and key in PATH):
            continue
        field = fields.get(RENAMED.get(key, key))
        tell(f"{path}.{key}", "is no member of " + cls if field is None else None if field.writable else "is read only")
        if field is None:
            continue
        annotation = field.annotation.replace('"', "'")
        inner = next((c for c in sorted(classes, key=len, reverse=True) if f"_models.{c}'" in annotation or annotation in (c, f"[{c}]")), None)
        enum = next((e for e in sorted(enums, key=len, reverse=True) if f"_models.{e}'" in annotation), None)
        for index, one in enumerate(each if isinstance(each, list) else [each]):
            if inner is not None and isinstance(one, dict):
                hold(f"{path}.{key}[{index}]", one, inner, models, tell, False)
            elif enum is not None and key not in OPEN and isinstance(one, str):
                tell(f"{path}.{key}", None if one.lower() in [v.lower() for v in enums[enum]] else f"{one} is none of {enums[enum]}")
    for key, field in fields.items():
        if field.required and field.writable and key not in ("location",):
            tell(f"{path}.{key}", None if value.get(key) is not None else "is required by " + cls)


def about(folder):
    """By type, the inputs that only a creation may say, and those that nobody may."""
    told = {}
    for token, (package, cls) in BODIES.items():
        classes, _ = models_of(folder, package)
        fields = fields_of(cls, classes).items()
        told[f"azure-native:{token}"] = {"once": [n for n, f in fields if f.once], "readOnly": [n for n, f in fields if not f.writable]}
    json.dump(told, sys.stdout)


def main(folder):
    loaded, compared, wrong = {}, 0, []
    for line in sys.stdin:
        resource = json.loads(line)
        body = BODIES.get(resource["type"].removeprefix("azure-native:"))
        if body is None:
            wrong.append(f"{resource['type']} is held against nothing: dev/truth/azure-models.py does not know it")
            continue
        package, cls = body
        if package not in loaded:
            loaded[package] = models_of(folder, package)

        def tell(path, problem):
            nonlocal compared
            compared += 1
            if problem is not None:
                wrong.append(f"{path} {problem}")

        hold(resource["name"], resource["inputs"], cls, loaded[package], tell)
    json.dump({"compared": compared, "wrong": wrong}, sys.stdout)


if __name__ == "__main__":
    (about if sys.argv[2:] == ["--fields"] else main)(sys.argv[1])
