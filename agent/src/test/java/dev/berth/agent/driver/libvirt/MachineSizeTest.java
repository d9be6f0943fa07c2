package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MachineSizeTest {
  @Test
  void changesTheSizeOfAMachineAndNothingElse() throws Exception {
    String xml =
        """
        <domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
          <name>berth-guest.1</name>
          <metadata><b:berth xmlns:b='urn:x'><b:label name='memory' value='1'/></b:berth></metadata>
          <memory unit='KiB'>%s</memory>
          <currentMemory unit='KiB'>%s</currentMemory>
          <vcpu placement='static'>%s</vcpu>
          <devices><memory model='dimm'>7</memory></devices>
          <qemu:commandline><qemu:arg value='-netdev'/></qemu:commandline>
        </domain>
        """;
    String before = xml.formatted("131072", "65536", "1");
    String after = new MachineSize(2, 512L << 20).in(before);
    String normal =
        DomainXml.serialized(DomainMetadata.parse(xml.formatted("536870912", "536870912", "2")))
            .replace("unit=\"KiB\"", "unit=\"b\"");
    assertEquals(normal, after);
    assertTrue(after.contains("qemu:arg") && after.contains("model=\"dimm\""), after);
  }

  @Test
  void whatIsNoMachineIsRefused() {
    assertThrows(HypervisorException.class, () -> new MachineSize(1, 1).in("<domain"));
  }
}
