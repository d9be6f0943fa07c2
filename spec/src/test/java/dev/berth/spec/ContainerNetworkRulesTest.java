package dev.berth.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.ContainerSpec;
import dev.berth.v1.NetworkSpec;
import dev.berth.v1.NetworkSubnet;
import dev.berth.v1.PortSpec;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContainerNetworkRulesTest {
  private static List<String> paths(List<Violation> violations) {
    return violations.stream().map(Violation::fieldPath).toList();
  }

  private static List<String> joining(String network, int... ports) {
    WorkloadSpec.Builder spec =
        WorkloadSpec.newBuilder()
            .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
            .setContainer(ContainerSpec.newBuilder().setImage("shop").setNetwork(network));
    for (int port : ports) {
      spec.addPorts(PortSpec.newBuilder().setTarget(port));
    }
    return paths(SpecValidator.validate(spec.build()));
  }

  @Test
  void aContainerJoinsAnyNetworkButTheNodesOwn() {
    assertEquals(List.of(), joining("", 80));
    assertEquals(List.of(), joining("shop", 80));
    assertEquals(List.of(), joining("none"));
    assertEquals(List.of("container.network"), joining("host"));
    assertEquals(List.of("container.network"), joining("container:abc"));
    assertEquals(List.of("ports"), joining("none", 80));
  }

  @Test
  void aNetworkHasPrefixesAndAddresses() {
    NetworkSpec.Builder good =
        NetworkSpec.newBuilder()
            .setName("shop")
            .addSubnets(
                NetworkSubnet.newBuilder()
                    .setSubnet("10.20.0.0/16")
                    .setGateway("10.20.0.1")
                    .setIpRange("10.20.1.0/24"));
    assertEquals(List.of(), paths(ContainerNetworkRules.validate(good.build())));
    assertEquals(
        List.of("name"), paths(ContainerNetworkRules.validate(good.setName("host").build())));
    good.setName("shop")
        .addSubnets(NetworkSubnet.newBuilder().setSubnet("10.0.0.0/33").setGateway("gw"));
    assertEquals(
        List.of("subnets[1].subnet", "subnets[1].gateway"),
        paths(ContainerNetworkRules.validate(good.build())));
  }

  @Test
  void aPrefixIsAnAddressAndALength() {
    assertNull(ContainerNetworkRules.prefixProblem("fd00::/64"));
    for (String bad : List.of("", "10.0.0.0", "/8", "10.0.0.0/", "a.example/8", "fd00::/129")) {
      assertNotNull(ContainerNetworkRules.prefixProblem(bad), bad);
    }
  }

  @Test
  void knowsWhatIsInASubnet() {
    assertTrue(ContainerNetworkRules.contains("10.20.0.0/15", "10.21.255.255"));
    assertFalse(ContainerNetworkRules.contains("10.20.0.0/15", "10.22.0.0"));
    assertTrue(ContainerNetworkRules.contains("fd00::/8", "fd12::1/64"));
    assertFalse(ContainerNetworkRules.contains("10.20.0.0/16", "fd12::1"));
    assertTrue(ContainerNetworkRules.contains("0.0.0.0/0", "9.9.9.9"));
  }
}
