package dev.berth.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.term.FailureException;
import dev.berth.v1.CloudInit;
import dev.berth.v1.Resources;
import dev.berth.v1.VmDataDisk;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmFirmware;
import dev.berth.v1.VmHostDevice;
import dev.berth.v1.VmNic;
import dev.berth.v1.VmSpec;
import dev.berth.v1.WorkloadSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class VmArgumentsTest {
  private static WorkloadSpec spec(List<String> command, String... words) {
    RunOptions options = new RunOptions();
    new CommandLine(options).parseArgs(words);
    return RunSpec.of(options, "berth/demo-vm", command, true, Map.of());
  }

  @Test
  void aDeviceOfTheHostHasAnAddress() {
    assertEquals(
        "--host-device: value: \"/dev/sda\" (expected: pci:0000:01:00.0 or usb:1234:5678)",
        refusal(List.of(), "--kind=vm", "--host-device=/dev/sda"));
  }

  private static String refusal(List<String> command, String... words) {
    return String.valueOf(
        assertThrows(FailureException.class, () -> spec(command, words)).getMessage());
  }

  @Test
  void aMachineHasResourcesWithoutBeingAsked() {
    WorkloadSpec spec = spec(List.of(), "--kind=vm", "-p", "8080:80");
    assertEquals(
        VmSpec.newBuilder().setDisk(VmDisk.newBuilder().setImage("berth/demo-vm")).build(),
        spec.getVm());
    assertEquals(
        Resources.newBuilder().setCpuMillis(1000).setMemoryBytes(512L << 20).build(),
        spec.getResources());
    assertEquals(8080, spec.getPorts(0).getPublish());
  }

  @Test
  void understandsWhatMachinesHave(@TempDir Path directory) throws IOException {
    Path data = Files.writeString(directory.resolve("data"), "#cloud-config\n");
    Path key = Files.writeString(directory.resolve("key"), "# mine\nssh-ed25519 AAAA me\n\n");
    WorkloadSpec spec =
        spec(
            List.of(),
            "--kind=vm",
            "--sha256=" + "ab".repeat(32),
            "--disk-size=20Gi",
            "--data-disk=data=1Gi",
            "--network=bridge:br0",
            "--network=libvirt:default",
            "--firmware=uefi",
            "--user-data=" + data,
            "--ssh-key=" + key,
            "--hostname=h",
            "--driver=libvirt-xen",
            "--host-device=pci:0000:01:00.0",
            "--require-kvm",
            "--vnc",
            "--secure-boot",
            "--tpm",
            "-m=1g",
            "--cpus=2");
    assertEquals(
        VmSpec.newBuilder()
            .setDisk(
                VmDisk.newBuilder()
                    .setImage("berth/demo-vm")
                    .setImageSha256("ab".repeat(32))
                    .setSizeBytes(20L << 30))
            .addDataDisks(VmDataDisk.newBuilder().setName("data").setSizeBytes(1L << 30))
            .addNics(VmNic.newBuilder().setBridge("br0"))
            .addNics(VmNic.newBuilder().setLibvirtNetwork("default"))
            .setFirmware(VmFirmware.VM_FIRMWARE_UEFI)
            .setCloudInit(
                CloudInit.newBuilder()
                    .setUserData("#cloud-config\n")
                    .addSshAuthorizedKeys("ssh-ed25519 AAAA me"))
            .setHostname("h")
            .setDriver("libvirt-xen")
            .addHostDevices(VmHostDevice.newBuilder().setPci("0000:01:00.0"))
            .setRequireKvm(true)
            .setVnc(true)
            .setSecureBoot(true)
            .setTpm(true)
            .build(),
        spec.getVm());
    assertEquals(2000, spec.getResources().getCpuMillis());
  }

  @Test
  void refusesWhatOnlyContainersHave() {
    String command = refusal(List.of("sh"), "--kind=vm");
    assertTrue(command.startsWith("a command after the image: not for a virtual machine"), command);
    String env = refusal(List.of(), "--kind=vm", "-e", "A=1");
    assertTrue(env.startsWith("--env: not for a virtual machine"), env);
    assertTrue(refusal(List.of(), "--kind=pod").contains("expected: container, vm or process"));
    assertTrue(refusal(List.of(), "--kind=vm", "--network=x").contains("bridge:NAME"));
    String missing = refusal(List.of(), "--kind=vm", "--user-data=/nonexistent");
    assertTrue(missing.startsWith("--user-data: cannot read /nonexistent"), missing);
  }
}
