package dev.berth.agent.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.berth.v1.DriverDescription;
import dev.berth.v1.Kind;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmSpec;
import dev.berth.v1.WorkloadSpec;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriverRegistryTest {
  private static final DriverRegistry DRIVERS =
      new DriverRegistry(
          List.of(
              driver("docker", Kind.KIND_CONTAINER),
              driver("libvirt", Kind.KIND_VM),
              driver("libvirt-qemu", Kind.KIND_VM)));

  private static RuntimeDriver driver(String name, Kind kind) {
    return (RuntimeDriver)
        Proxy.newProxyInstance(
            RuntimeDriver.class.getClassLoader(),
            new Class<?>[] {RuntimeDriver.class},
            (_, method, _) ->
                switch (method.getName()) {
                  case "name" -> name;
                  case "kind" -> kind;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static DriverDescription said(String name, boolean available, String... capabilities) {
    return DriverDescription.newBuilder()
        .setName(name)
        .setAvailable(available)
        .addAllCapabilities(List.of(capabilities))
        .build();
  }

  private static String chosen(VmSpec.Builder vm, DriverDescription... said) {
    WorkloadSpec spec =
        WorkloadSpec.newBuilder().setVm(vm.setDisk(VmDisk.newBuilder().setImage("disk"))).build();
    return DRIVERS
        .choose(spec, Kind.KIND_VM, List.of(said))
        .map(RuntimeDriver::name)
        .orElse("none");
  }

  @Test
  void theFirstThatFitsIsTaken() {
    DriverDescription first = said("libvirt", true);
    DriverDescription second = said("libvirt-qemu", true, "kvm");
    assertEquals("libvirt", chosen(VmSpec.newBuilder(), first, second));
    assertEquals("libvirt-qemu", chosen(VmSpec.newBuilder().setRequireKvm(true), first, second));
    assertEquals(
        "libvirt-qemu", chosen(VmSpec.newBuilder(), said("libvirt", false), second), "away");
    assertEquals(
        "libvirt-qemu",
        chosen(VmSpec.newBuilder(), said("libvirt", true, "paravirtual"), second),
        "has a disk");
    assertEquals("libvirt", chosen(VmSpec.newBuilder()), "waits for the first");
  }

  @Test
  void aChoiceIsKeptWhateverIsSaidOfTheDriver() {
    VmSpec.Builder vm = VmSpec.newBuilder().setDriver("libvirt-qemu");
    assertEquals("libvirt-qemu", chosen(vm, said("libvirt", true), said("libvirt-qemu", false)));
    assertEquals("none", chosen(VmSpec.newBuilder().setDriver("libvirt-xen")));
    assertEquals("none", chosen(VmSpec.newBuilder().setDriver("docker")));
  }

  @Test
  void namesAreDistinct() {
    RuntimeDriver one = driver("libvirt", Kind.KIND_VM);
    assertThrows(IllegalArgumentException.class, () -> new DriverRegistry(List.of(one, one)));
  }
}
