package dev.berth.e2e;

import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Runtimes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// One cluster for all tests of a class; says what its processes said when a test fails.
final class ClusterFixture
    implements BeforeAllCallback, AfterAllCallback, AfterTestExecutionCallback {
  private final ClusterPlan plan;
  private final String[] tools;
  private @Nullable Cluster cluster;

  /// @param tools programs needed besides those of every cluster
  ClusterFixture(ClusterPlan plan, String... tools) {
    this.plan = plan;
    this.tools = tools.clone();
  }

  /// The running cluster.
  Cluster get() {
    Cluster running = cluster;
    if (running == null) {
      throw new IllegalStateException("asked for before it was started");
    }
    return running;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    RealHosts.required(tools);
    if (plan.hosts().stream().anyMatch(Runtimes::libvirt)) {
      RealVms.required();
    }
    cluster = plan.start();
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    if (context.getExecutionException().isPresent() && cluster != null) {
      System.err.println("FAILED: " + context.getDisplayName() + "\n" + cluster.diagnosis());
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (cluster != null) {
      cluster.close();
      cluster = null;
    }
  }
}
