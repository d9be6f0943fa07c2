package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.Repository;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ForeignClientIT {
  @RegisterExtension static final ClusterFixture CLUSTER = new ClusterFixture(ClusterPlan.of(1));

  private static final String PYTHON = "/usr/bin/python3";

  private static Command script(String... words) {
    String[] all = new String[words.length + 2];
    all[0] = PYTHON;
    all[1] = Repository.root().resolve("docs/examples/python/deploy_and_watch.py").toString();
    System.arraycopy(words, 0, all, 2, words.length);
    // Without this the stubs' byte code would be left next to the script.
    return Command.of(all)
        .with(CLUSTER.get().environment())
        .with(Map.of("PYTHONDONTWRITEBYTECODE", "1"))
        .within(Duration.ofMinutes(3));
  }

  private static void python() {
    String check =
        PYTHON
            + " -c 'import grpc, google.protobuf' && command -v protoc"
            + " && command -v grpc_python_plugin && test -e /usr/include/google/protobuf";
    boolean there = Command.of("sh", "-c", check).run().exitCode() == 0;
    if (!there) {
      System.err.println("SKIPPED: no Python with grpcio, or no protoc with its plugin for it");
    }
    assumeTrue(
        there, "skipped: no Python with grpcio, or no protoc with its plugin (deploy/bootstrap)");
  }

  @Test
  void aPythonProgramAppliesAWorkloadAndWatchesItToRunning() {
    python();
    Cluster cluster = CLUSTER.get();
    CommandResult result = script("--name", "hello", "--replicas", "2").run();
    assertEquals(0, result.exitCode(), result.toString());
    assertTrue(result.out().contains("hello: revision 1, 2 slots\n"), result.toString());
    assertTrue(result.out().endsWith("hello: all running\n"), result.toString());
    assertEquals(2, cluster.containers("hello").size());

    CommandResult again = script("--name", "hello", "--replicas", "3").run();
    assertEquals(0, again.exitCode(), again.toString());
    assertEquals(3, cluster.containers("hello").size());
  }

  @Test
  void aRefusalReachesPythonWithTheFieldsName() {
    python();
    CommandResult result = script("--name", "Not_A_Name", "--replicas", "1").run();
    assertEquals(1, result.exitCode(), result.toString());
    assertTrue(result.err().startsWith("INVALID_ARGUMENT: "), result.toString());
    assertTrue(result.err().contains("name"), result.toString());
  }
}
