package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.Labels;
import dev.berth.spec.HostDevice;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.PortBinding;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.Resources;
import dev.berth.v1.VmDataDisk;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmDiskCache;
import dev.berth.v1.VmKernel;
import dev.berth.v1.VmNic;
import dev.berth.v1.VmSpec;
import dev.berth.v1.VmUserNetwork;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class DomainXmlTest {
  private static final String HOSTILE = "a\"b'c<d>&e</name><devices/>]]>,id=x";
  private static final VmNic USER =
      VmNic.newBuilder().setUser(VmUserNetwork.getDefaultInstance()).build();

  private static MachinePlan plan(VmSpec.Builder vm, boolean accelerated, Optional<Uefi> uefi) {
    AssignedInstance.Builder instance =
        AssignedInstance.newBuilder()
            .setInstanceId("00112233445566778899aabbccddeeff")
            .setWorkload("guest")
            .setWorkloadUid("uid")
            .setSlot(2)
            .addPorts(
                PortBinding.newBuilder()
                    .setTarget(80)
                    .setHostPort(8080)
                    .setHostAddress("127.0.0.1")
                    .setProtocol(PortProtocol.PORT_PROTOCOL_TCP))
            .addPorts(
                PortBinding.newBuilder()
                    .setTarget(53)
                    .setHostPort(5353)
                    .setProtocol(PortProtocol.PORT_PROTOCOL_UDP));
    instance
        .getSpecBuilder()
        .setVm(vm)
        .setResources(Resources.newBuilder().setCpuMillis(1500).setMemoryBytes(256L << 20));
    var id = MachineId.of(instance.getInstanceId());
    boolean kernel = vm.hasKernel();
    return new MachinePlan(
        id,
        instance.build(),
        Map.of(Labels.NAMESPACE, HOSTILE),
        MachineFiles.of(Path.of("/m"), id),
        new MachinePlan.Images(
            Optional.of(new MachinePlan.Base(Path.of("/i/blob"), "raw")),
            kernel ? Optional.of(Path.of("/i/kernel")) : Optional.empty(),
            Optional.empty()),
        new MachinePlan.Environment(Flavour.QEMU, accelerated, uefi, "x86_64"));
  }

  private static VmSpec.Builder vm() {
    return VmSpec.newBuilder()
        .setMachine("q35")
        .setDisk(VmDisk.newBuilder().setImage("i").setCache(VmDiskCache.VM_DISK_CACHE_UNSAFE))
        .addNics(USER);
  }

  private static Document document(MachinePlan plan) throws Exception {
    return DomainMetadata.builder().parse(new InputSource(new StringReader(DomainXml.of(plan))));
  }

  private static String at(Document document, String path) throws Exception {
    return XPathFactory.newInstance().newXPath().evaluate(path, document);
  }

  private static List<String> arguments(Document document) throws Exception {
    NodeList found =
        (NodeList)
            XPathFactory.newInstance()
                .newXPath()
                .evaluate("//*[local-name()='arg']/@value", document, XPathConstants.NODESET);
    return IntStream.range(0, found.getLength())
        .mapToObj(i -> found.item(i).getNodeValue())
        .toList();
  }

  @Test
  void devicesOfTheHostAreNamedByTheirAddress() throws Exception {
    Document document =
        document(
            plan(
                vm().addHostDevices(HostDevice.parse("pci:0000:0a:1f.7").toProto())
                    .addHostDevices(HostDevice.parse("usb:1234:5678").toProto()),
                false,
                Optional.empty()));
    assertEquals("2", at(document, "count(//hostdev[@mode='subsystem'][@managed='yes'])"));
    String address = "//hostdev[@type='pci']/source/address/@";
    assertEquals("0x0000", at(document, address + "domain"));
    assertEquals("0x0a", at(document, address + "bus"));
    assertEquals("0x1f", at(document, address + "slot"));
    assertEquals("0x7", at(document, address + "function"));
    assertEquals("0x1234", at(document, "//hostdev[@type='usb']/source/vendor/@id"));
    assertEquals("0x5678", at(document, "//hostdev[@type='usb']/source/product/@id"));
    assertEquals(
        "0", at(document(plan(vm(), false, Optional.empty())), "count(//hostdev)"), "unless asked");
  }

  @Test
  void aMachineOfXenIsItsKernelItsConsoleAndItsCardsOnBridges() throws Exception {
    MachinePlan plan =
        plan(
            VmSpec.newBuilder()
                .setKernel(VmKernel.newBuilder().setImage("linux").setCommandLine("console=hvc0"))
                .addNics(USER)
                .addNics(VmNic.newBuilder().setBridge("br0")),
            false,
            Optional.empty());
    Document domain =
        document(
            new MachinePlan(
                plan.id(),
                plan.instance(),
                plan.labels(),
                plan.files(),
                plan.images(),
                new MachinePlan.Environment(Flavour.XEN, false, Optional.empty(), "x86_64")));
    assertEquals("xen", at(domain, "/domain/@type"));
    assertEquals("linux", at(domain, "/domain/os/type"));
    assertEquals("xenpv", at(domain, "/domain/os/type/@machine"));
    assertEquals("/i/kernel", at(domain, "/domain/os/kernel"));
    assertEquals("console=hvc0", at(domain, "/domain/os/cmdline"));
    assertEquals("xen", at(domain, "//console/target/@type"));
    assertEquals("1", at(domain, "count(//interface)"));
    assertEquals("br0", at(domain, "//interface/source/@bridge"));
    assertEquals("0", at(domain, "count(//interface/model | //disk | //serial | //video)"));
    assertEquals(List.of(), arguments(domain));
  }

  @Test
  void aMachineIsWhatItsSpecSays() throws Exception {
    Document domain = document(plan(vm(), false, Optional.empty()));
    assertEquals("qemu", at(domain, "/domain/@type"));
    assertEquals("berth-guest.2-00112233", at(domain, "/domain/name"));
    assertEquals("00112233-4455-6677-8899-aabbccddeeff", at(domain, "/domain/uuid"));
    assertEquals("2", at(domain, "/domain/vcpu"));
    assertEquals(Long.toString(256L << 20), at(domain, "/domain/memory"));
    assertEquals("yes", at(domain, "/domain/os/bios/@useserial"));
    assertEquals("unsafe", at(domain, "//disk/driver/@cache"));
    assertEquals("qcow2", at(domain, "//disk/driver/@type"));
    assertEquals("raw", at(domain, "//disk/backingStore/format/@type"));
    assertEquals("/i/blob", at(domain, "//disk/backingStore/source/@file"));
    assertEquals("none", at(domain, "//video/model/@type"));
    assertEquals("kvm", at(document(plan(vm(), true, Optional.empty())), "/domain/@type"));
  }

  @Test
  void portsArePublishedByQemuItself() throws Exception {
    List<String> words = arguments(document(plan(vm(), false, Optional.empty())));
    assertEquals("-netdev", words.get(0));
    assertEquals(
        "user,id=berth0,hostname=guest-2,hostfwd=tcp:127.0.0.1:8080-:80,hostfwd=udp::5353-:53",
        words.get(1));
    assertTrue(words.get(3).startsWith("virtio-net-pci,netdev=berth0,mac=52:54:00:"), words.get(3));
  }

  @Test
  void textOfUsersStaysText() throws Exception {
    VmSpec.Builder hostile =
        vm().addDataDisks(VmDataDisk.newBuilder().setName("data").setSizeBytes(1))
            .setKernel(VmKernel.newBuilder().setImage("k").setCommandLine(HOSTILE))
            .addNics(VmNic.newBuilder().setBridge(HOSTILE));
    Document domain = document(plan(hostile, false, Optional.empty()));
    assertEquals(HOSTILE, at(domain, "/domain/os/cmdline"));
    assertEquals(HOSTILE, at(domain, "//interface/source/@bridge"));
    assertEquals("1", at(domain, "count(/domain/devices)"));
    assertEquals("data", at(domain, "//disk[2]/serial"));
    String metadata = "<x>" + DomainXml.of(plan(hostile, false, Optional.empty())) + "</x>";
    assertFalse(metadata.contains(HOSTILE));
  }

  @Test
  void labelsComeBackAsTheyWere() throws Exception {
    var document = DomainMetadata.builder().newDocument();
    Map<String, String> labels = Map.of("a", HOSTILE, "dev.berth.slot", "2");
    document.appendChild(DomainMetadata.write(document, labels));
    var writer = new StringWriter();
    TransformerFactory.newInstance()
        .newTransformer()
        .transform(new DOMSource(document), new StreamResult(writer));
    assertEquals(labels, DomainMetadata.read(writer.toString()));
  }

  @Test
  void uefiHasVariablesOfItsOwn() throws Exception {
    Uefi firmware = new Uefi(Path.of("/f/code.fd"), Path.of("/f/vars.fd"), false);
    Document domain = document(plan(vm(), false, Optional.of(firmware)));
    assertEquals("/f/code.fd", at(domain, "/domain/os/loader"));
    assertEquals("/f/vars.fd", at(domain, "/domain/os/nvram/@template"));
    assertTrue(at(domain, "/domain/os/nvram").endsWith("/variables.fd"));
    assertEquals("", at(domain, "/domain/os/bios/@useserial"));
    assertEquals("", at(domain, "/domain/os/loader/@secure"));
    assertEquals("", at(domain, "/domain/features/smm/@state"));
  }

  @Test
  void secureFirmwareGuardsItsVariables() throws Exception {
    Uefi firmware = new Uefi(Path.of("/f/code.fd"), Path.of("/f/vars.fd"), true);
    Document domain = document(plan(vm(), false, Optional.of(firmware)));
    assertEquals("yes", at(domain, "/domain/os/loader/@secure"));
    assertEquals("on", at(domain, "/domain/features/smm/@state"));
  }

  @Test
  void aTpmIsThereWhenItIsAskedFor() throws Exception {
    Document with = document(plan(vm().setTpm(true), false, Optional.empty()));
    assertEquals("emulator", at(with, "/domain/devices/tpm/backend/@type"));
    assertEquals("2.0", at(with, "/domain/devices/tpm/backend/@version"));
    Document without = document(plan(vm(), false, Optional.empty()));
    assertEquals("", at(without, "/domain/devices/tpm/backend/@type"));
  }

  @Test
  void hardwareAddressesFollowFromTheSlot() {
    assertEquals(MacAddress.of("uid", 1, 0), MacAddress.of("uid", 1, 0));
    assertNotEquals(MacAddress.of("uid", 1, 0), MacAddress.of("uid", 2, 0));
    assertNotEquals(MacAddress.of("uid", 1, 0), MacAddress.of("uid", 1, 1));
    assertTrue(MacAddress.of("uid", 1, 0).matches("52:54:00(:[0-9a-f]{2}){3}"));
  }
}
