package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import dev.berth.v1.VmSnapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SnapshotXmlTest {
  private static final String DOMAIN =
      """
      <domain type='qemu'>
        <name>berth-guest.1</name>
        <os><type>hvm</type>%s</os>
        <devices>
          <disk type='file' device='disk'>
            <driver name='qemu' type='qcow2'/>
            <source file='/m/disk.qcow2' index='1'/>
            <backingStore type='file'><format type='raw'/><source file='/i/base'/></backingStore>
            <target dev='vda' bus='virtio'/>
          </disk>
          <disk type='file' device='disk'>
            <driver name='qemu' type='raw'/><source file='/m/seed.iso'/><target dev='vdb'/><readonly/>
          </disk>%s
        </devices>
      </domain>
      """;

  @Test
  void readsOnlyWhatIsOfTheSnapshotItself() throws Exception {
    String xml =
        """
        <domainsnapshot>
          <name>clean</name><state>%s</state><creationTime>1764000000</creationTime>
          <memory snapshot='internal'/><domain><name>berth-guest.1</name></domain>
        </domainsnapshot>
        """;
    VmSnapshot.Builder expected =
        VmSnapshot.newBuilder()
            .setName("clean")
            .setCreateTime(Timestamp.newBuilder().setSeconds(1_764_000_000));
    assertEquals(expected.setWithMemory(true).build(), SnapshotXml.read(xml.formatted("running")));
    assertEquals(expected.setWithMemory(true).build(), SnapshotXml.read(xml.formatted("paused")));
    assertEquals(expected.setWithMemory(false).build(), SnapshotXml.read(xml.formatted("shutoff")));
  }

  @Test
  void aNameStaysText() throws Exception {
    String hostile = "a</name><disks/>&b";
    String xml = SnapshotXml.of(hostile);
    assertTrue(xml.contains("a&lt;/name&gt;"), xml);
  }

  @Test
  void whatIsNoSnapshotIsRefused() {
    assertThrows(HypervisorException.class, () -> SnapshotXml.read("<domainsnapshot>"));
    assertThrows(HypervisorException.class, () -> SnapshotXml.read("<domainsnapshot/>"));
  }

  @Test
  void findsTheDisksThatAreWrittenTo() throws Exception {
    SnapshotGround ground = SnapshotGround.of(DOMAIN.formatted("", ""));
    assertEquals(
        List.of(new SnapshotGround.Disk("vda", "qcow2", Path.of("/m/disk.qcow2"))), ground.disks());
    assertEquals(Optional.empty(), ground.obstacle());
  }

  @Test
  void saysWhatStandsInTheWay() throws Exception {
    String raw =
        "<disk type='file'><driver type='raw'/><source file='/m/x'/><target dev='vdc'/></disk>";
    assertObstacle("vdc has the format raw", DOMAIN.formatted("", raw));
    assertObstacle("UEFI", DOMAIN.formatted("<loader type='pflash'>/f</loader>", ""));
    assertObstacle("no disk", "<domain type='kvm'><devices/></domain>");
    assertEquals(
        Optional.empty(), SnapshotGround.of("<domain type='test'><devices/></domain>").obstacle());
  }

  private static void assertObstacle(String words, String xml) throws HypervisorException {
    String obstacle = SnapshotGround.of(xml).obstacle().orElse("none");
    assertTrue(obstacle.contains(words), obstacle);
  }
}
