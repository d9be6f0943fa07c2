package dev.berth.e2e.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Several etcds that form a cluster, on loopback; clients and peers show certificates.
///
/// @param members all of them
public record EtcdCluster(List<EtcdProcess> members) implements AutoCloseable {
  /// Copies the list.
  public EtcdCluster {
    members = List.copyOf(members);
  }

  /// Starts them and waits until all are healthy.
  ///
  /// @param pki certificates as `berth-controller init` writes them to `etcd-pki`
  /// @param flags more flags of each
  public static EtcdCluster start(WorkDirectory work, Path pki, int size, List<String> flags) {
    List<EtcdProcess> members = new ArrayList<>();
    for (int i = 1; i <= size; i++) {
      members.add(new EtcdProcess(work.directory("etcd-" + i), pki, "etcd-" + i, flags));
    }
    EtcdCluster cluster = new EtcdCluster(members);
    String all = members.stream().map(EtcdProcess::member).collect(Collectors.joining(","));
    try {
      members.forEach(member -> member.launch(all));
      members.forEach(EtcdProcess::awaitReady);
      return cluster;
    } catch (RuntimeException | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  /// Where they listen, with commas between them.
  public String endpoints() {
    return members.stream().map(EtcdProcess::endpoint).collect(Collectors.joining(","));
  }

  /// Kills all of them and starts them with nothing in them.
  public void startAnew() {
    members.forEach(EtcdProcess::wipe);
    members.forEach(EtcdProcess::relaunch);
    members.forEach(EtcdProcess::awaitReady);
  }

  @Override
  public void close() {
    members.forEach(EtcdProcess::close);
  }
}
