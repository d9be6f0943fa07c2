package dev.berth.bench;

import dev.berth.e2e.harness.EtcdProcess;
import dev.berth.e2e.harness.Http;

/// What an etcd counts of itself.
final class EtcdMetrics {
  private EtcdMetrics() {}

  /// Transactions that it has answered.
  static long transactions(EtcdProcess etcd) {
    return sum(etcd, "grpc_server_handled_total", "grpc_method=\"Txn\"");
  }

  /// Keys that it has put or deleted.
  static long writes(EtcdProcess etcd) {
    return sum(etcd, "etcd_mvcc_put_total", "") + sum(etcd, "etcd_mvcc_delete_total", "");
  }

  private static long sum(EtcdProcess etcd, String metric, String label) {
    return Http.get(etcd.metrics())
        .lines()
        .filter(line -> line.startsWith(metric) && line.contains(label))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }
}
