package dev.berth.client.stack;

/// Where a value is: as the file's author sees it, and as the contract names it.
///
/// @param shown path in the file: `workloads.web.container.workingDir`
/// @param contract path below the spec: `container.working_dir`
record Place(String shown, String contract) {
  Place field(String shownName, String contractName) {
    return new Place(join(shown, shownName), join(contract, contractName));
  }

  Place item(int index) {
    return new Place(shown + "[" + index + "]", contract + "[" + index + "]");
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : name.isEmpty() ? path : path + "." + name;
  }
}
