package dev.berth.cli.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.v1.CreateNetworkRequest;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.NetworkSpec;
import dev.berth.v1.NetworkSubnet;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NetworkVerbsTest {
  @TempDir private Path directory;
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  void listsNetworksWithTheirNodesAndWhoIsOnThem() {
    List<String> rows =
        berth.run("network", "ls").lines().stream()
            .map(line -> line.replaceAll(" +", " "))
            .toList();
    assertEquals(
        List.of(
            "NETWORK ID NAME NODE DRIVER SCOPE USED BY",
            "cdcdcdcdcdcd bridge n1 bridge local -",
            "abababababab shop n1 bridge local (other/web),api.1"),
        rows.stream().map(String::strip).toList());
    assertTrue(berth.run("network", "ls", "-o", "wide").out().contains("10.20.0.0/16"));
    assertEquals("abababababab\n", berth.run("network", "ls", "-qf", "type=custom").out());
    assertEquals(
        "ab".repeat(32) + "\n",
        berth.run("network", "ls", "-q", "--no-trunc", "-f", "id=ab").out());
    assertEquals("shop\n", berth.run("network", "ls", "-o", "name", "-f", "label=team=shop").out());
  }

  @Test
  void createPutsGatewaysAndRangesToTheSubnetsThatHoldThem() {
    Berth.Result result =
        berth.run(
            "network",
            "create",
            "--subnet=10.20.0.0/16",
            "--subnet=fd00::/64",
            "--gateway=fd00::1",
            "--gateway=10.20.0.1",
            "--ip-range=10.20.1.0/24",
            "--internal",
            "--attachable",
            "--ipv6",
            "--label=a",
            "-o",
            "com.docker.network.driver.mtu=1400",
            "-d",
            "bridge",
            "net");
    assertEquals("net\n", result.out(), result.err());
    assertEquals(
        NetworkSpec.newBuilder()
            .setName("net")
            .setDriver("bridge")
            .putOptions("com.docker.network.driver.mtu", "1400")
            .putLabels("a", "")
            .addSubnets(
                NetworkSubnet.newBuilder()
                    .setSubnet("10.20.0.0/16")
                    .setGateway("10.20.0.1")
                    .setIpRange("10.20.1.0/24"))
            .addSubnets(NetworkSubnet.newBuilder().setSubnet("fd00::/64").setGateway("fd00::1"))
            .setInternal(true)
            .setAttachable(true)
            .setIpv6(true)
            .build(),
        cluster.requests(CreateNetworkRequest.class).getFirst().getNetwork());
  }

  @Test
  void createRefusesWhatFitsNowhereAndSaysWhatANodeRefused() {
    for (String wrong : List.of("--gateway=10.20.0.1", "--subnet=10.20.0.0", "--ip-range=x")) {
      assertEquals(2, berth.run("network", "create", wrong, "net").exitCode(), wrong);
    }
    assertEquals(
        2,
        berth
            .run(
                "network",
                "create",
                "--subnet=10.20.0.0/16",
                "--gateway=10.20.0.1",
                "--gateway=10.20.0.2",
                "net")
            .exitCode());
    assertEquals(2, berth.run("network", "create", "host").exitCode());
    Berth.Result result = berth.run("network", "create", "shop");
    assertEquals("", result.out());
    assertEquals("berth: n1: there is one\n", result.err());
    assertEquals(1, result.exitCode());
  }

  @Test
  void inspectAndRmNameWhatThereIs() {
    assertTrue(berth.run("network", "inspect", "shop").out().contains("\"10.20.0.0/16\""));
    assertEquals("n1: shop\n", berth.run("network", "rm", "shop").out());
    Berth.Result missing = berth.run("network", "rm", "nobody");
    assertEquals(1, missing.exitCode());
    assertEquals(
        "berth: nobody: no node has it; 'berth network ls' lists those there are\n", missing.err());
    assertEquals(0, berth.run("network", "rm", "-f", "nobody").exitCode());
  }

  @Test
  void runJoinsANetworkThatIsNamed() {
    var _ = berth.run("run", "-d", "--name=web", "--network", "shop", "berth/demo");
    assertEquals(
        "shop",
        cluster
            .requests(CreateWorkloadRequest.class)
            .getFirst()
            .getWorkload()
            .getSpec()
            .getContainer()
            .getNetwork());
    Berth.Result host = berth.run("run", "-d", "--network=host", "berth/demo");
    assertEquals(2, host.exitCode());
    assertTrue(host.err().contains("publish ports"), host.err());
    assertEquals(2, berth.run("run", "-d", "--network=a", "--network=b", "berth/demo").exitCode());
  }
}
