package dev.berth.agent.driver.libvirt;

import dev.berth.spec.HostDevice;
import dev.berth.v1.Resources;
import dev.berth.v1.VmDataDisk;
import dev.berth.v1.VmDiskCache;
import dev.berth.v1.VmHostDevice;
import dev.berth.v1.VmNic;
import dev.berth.v1.VmSpec;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/// Writes a machine as libvirt's domain XML. It is built as a tree, so that no text of a user can
/// become an element.
final class DomainXml {
  private static final String QEMU = "http://libvirt.org/schemas/domain/qemu/1.0";
  private static final int CPU = 1_000;
  private static final long STATISTICS_SECONDS = 10;

  private final MachinePlan plan;
  private final VmSpec vm;
  private final Document document = DomainMetadata.builder().newDocument();
  private int disks;

  private DomainXml(MachinePlan plan) {
    this.plan = plan;
    this.vm = plan.instance().getSpec().getVm();
  }

  static String of(MachinePlan plan) {
    return new DomainXml(plan).write();
  }

  /// Virtual CPUs of a machine: its CPUs, rounded up.
  static long vcpus(Resources resources) {
    return Math.max(1, (resources.getCpuMillis() + CPU - 1) / CPU);
  }

  private String write() {
    Element domain = document.createElement("domain");
    document.appendChild(domain);
    domain.setAttribute("type", type());
    Resources resources = plan.instance().getSpec().getResources();
    text(domain, "name", plan.name());
    text(domain, "uuid", plan.id().toString());
    child(domain, "metadata").appendChild(DomainMetadata.write(document, plan.labels()));
    text(domain, "memory", Long.toString(resources.getMemoryBytes())).setAttribute("unit", "b");
    text(domain, "vcpu", Long.toString(vcpus(resources)));
    switch (plan.environment().flavour()) {
      case QEMU -> {
        start(domain);
        processor(domain);
        devices(domain);
      }
      case XEN -> {
        Element os = child(domain, "os");
        Element type = text(os, "type", "linux");
        type.setAttribute("arch", plan.environment().architecture());
        type.setAttribute("machine", "xenpv");
        directKernel(os);
        ends(domain);
        Element devices = child(domain, "devices");
        cards(devices);
        console(devices, "xen");
      }
      case TEST -> text(child(domain, "os"), "type", "hvm");
    }
    return serialized(document);
  }

  private String type() {
    return switch (plan.environment().flavour()) {
      case QEMU -> plan.environment().accelerated() ? "kvm" : "qemu";
      case XEN -> "xen";
      case TEST -> "test";
    };
  }

  private void start(Element domain) {
    Element os = child(domain, "os");
    Element type = text(os, "type", "hvm");
    type.setAttribute("arch", plan.environment().architecture());
    type.setAttribute("machine", vm.getMachine());
    plan.environment()
        .uefi()
        .ifPresent(
            firmware -> {
              Element loader = text(os, "loader", firmware.code().toString());
              loader.setAttribute("readonly", "yes");
              loader.setAttribute("type", "pflash");
              if (firmware.secure()) {
                loader.setAttribute("secure", "yes");
              }
              text(os, "nvram", plan.files().variables().toString())
                  .setAttribute("template", firmware.variables().toString());
            });
    directKernel(os);
    if (plan.images().kernel().isEmpty()) {
      child(os, "boot").setAttribute("dev", "hd");
    }
    if (plan.environment().uefi().isEmpty()) {
      // The firmware's messages are the first phase of a boot.
      child(os, "bios").setAttribute("useserial", "yes");
    }
    Element features = child(domain, "features");
    child(features, "acpi");
    child(features, "apic");
    if (plan.environment().uefi().filter(Uefi::secure).isPresent()) {
      // Only in this mode can the firmware's variables be written: not by the guest's kernel.
      child(features, "smm").setAttribute("state", "on");
    }
  }

  private void directKernel(Element os) {
    plan.images()
        .kernel()
        .ifPresent(
            kernel -> {
              text(os, "kernel", kernel.toString());
              plan.images().initrd().ifPresent(initrd -> text(os, "initrd", initrd.toString()));
              if (!vm.getKernel().getCommandLine().isEmpty()) {
                text(os, "cmdline", vm.getKernel().getCommandLine());
              }
            });
  }

  private void processor(Element domain) {
    Element cpu = child(domain, "cpu");
    if (plan.environment().accelerated()) {
      cpu.setAttribute("mode", "host-passthrough");
    } else if (plan.environment().architecture().equals("x86_64")) {
      // What today's distributions ask for at least, and what emulation has.
      cpu.setAttribute("mode", "custom");
      cpu.setAttribute("match", "exact");
      cpu.setAttribute("check", "none");
      text(cpu, "model", "Nehalem").setAttribute("fallback", "allow");
    } else {
      cpu.setAttribute("mode", "maximum");
    }
    child(domain, "clock").setAttribute("offset", "utc");
    ends(domain);
  }

  private void ends(Element domain) {
    text(domain, "on_poweroff", "destroy");
    text(domain, "on_reboot", "restart");
    text(domain, "on_crash", "destroy");
  }

  private void devices(Element domain) {
    Element devices = child(domain, "devices");
    plan.images()
        .disk()
        .ifPresent(
            base -> {
              Element disk = disk(devices, plan.files().disk(), vm.getDisk().getCache());
              Element below = child(disk, "backingStore");
              below.setAttribute("type", "file");
              child(below, "format").setAttribute("type", base.format());
              child(below, "source").setAttribute("file", base.file().toString());
              child(below, "backingStore");
            });
    for (VmDataDisk each : vm.getDataDisksList()) {
      Element disk = disk(devices, plan.files().dataDisk(each.getName()), each.getCache());
      text(disk, "serial", each.getName());
    }
    if (vm.hasCloudInit()) {
      seed(devices);
    }
    cards(devices);
    Element agent = child(devices, "channel");
    agent.setAttribute("type", "unix");
    Element target = child(agent, "target");
    target.setAttribute("type", "virtio");
    target.setAttribute("name", "org.qemu.guest_agent.0");
    Element random = child(devices, "rng");
    random.setAttribute("model", "virtio");
    text(random, "backend", "/dev/urandom").setAttribute("model", "random");
    Element balloon = child(devices, "memballoon");
    balloon.setAttribute("model", "virtio");
    child(balloon, "stats").setAttribute("period", Long.toString(STATISTICS_SECONDS));
    if (vm.getTpm()) {
      tpm(devices);
    }
    for (VmHostDevice each : vm.getHostDevicesList()) {
      hostDevice(devices, HostDevice.of(each));
    }
    console(devices, "serial");
    screen(devices);
    userNetwork(domain);
  }

  private void tpm(Element devices) {
    Element tpm = child(devices, "tpm");
    tpm.setAttribute("model", "tpm-crb");
    Element backend = child(tpm, "backend");
    backend.setAttribute("type", "emulator");
    backend.setAttribute("version", "2.0");
  }

  /// libvirt takes it from the host's driver when the machine starts, and gives it back.
  private void hostDevice(Element devices, HostDevice device) {
    Element given = child(devices, "hostdev");
    given.setAttribute("mode", "subsystem");
    given.setAttribute("managed", "yes");
    List<String> numbers = List.of(device.address().split("[:.]"));
    Element source;
    switch (device.bus()) {
      case PCI -> {
        given.setAttribute("type", "pci");
        source = child(given, "source");
        Element address = child(source, "address");
        address.setAttribute("domain", "0x" + numbers.get(0));
        address.setAttribute("bus", "0x" + numbers.get(1));
        address.setAttribute("slot", "0x" + numbers.get(2));
        address.setAttribute("function", "0x" + numbers.get(3));
      }
      case USB -> {
        given.setAttribute("type", "usb");
        source = child(given, "source");
        child(source, "vendor").setAttribute("id", "0x" + numbers.get(0));
        child(source, "product").setAttribute("id", "0x" + numbers.get(1));
      }
    }
  }

  private Element disk(Element devices, Path file, VmDiskCache cache) {
    Element disk = child(devices, "disk");
    disk.setAttribute("type", "file");
    disk.setAttribute("device", "disk");
    Element driver = child(disk, "driver");
    driver.setAttribute("name", "qemu");
    driver.setAttribute("type", "qcow2");
    driver.setAttribute("discard", "unmap");
    driver.setAttribute(
        "cache",
        switch (cache) {
          case VM_DISK_CACHE_NONE -> "none";
          case VM_DISK_CACHE_WRITE_THROUGH -> "writethrough";
          case VM_DISK_CACHE_UNSAFE -> "unsafe";
          case VM_DISK_CACHE_UNSPECIFIED, VM_DISK_CACHE_WRITE_BACK, UNRECOGNIZED -> "writeback";
        });
    child(disk, "source").setAttribute("file", file.toString());
    target(disk);
    return disk;
  }

  private void seed(Element devices) {
    Element disk = child(devices, "disk");
    disk.setAttribute("type", "file");
    disk.setAttribute("device", "disk");
    Element driver = child(disk, "driver");
    driver.setAttribute("name", "qemu");
    driver.setAttribute("type", "raw");
    child(disk, "source").setAttribute("file", plan.files().seed().toString());
    target(disk);
    child(disk, "readonly");
  }

  private void target(Element disk) {
    Element target = child(disk, "target");
    target.setAttribute("dev", "vd" + (char) ('a' + disks++));
    target.setAttribute("bus", "virtio");
  }

  private void cards(Element devices) {
    for (int i = 0; i < vm.getNicsCount(); i++) {
      nic(devices, vm.getNics(i), i);
    }
  }

  private void nic(Element devices, VmNic nic, int index) {
    if (nic.hasUser()) {
      return; // libvirt cannot publish ports of such a card: see UserNetwork
    }
    Element card = child(devices, "interface");
    if (nic.hasBridge()) {
      card.setAttribute("type", "bridge");
      child(card, "source").setAttribute("bridge", nic.getBridge());
    } else {
      card.setAttribute("type", "network");
      child(card, "source").setAttribute("network", nic.getLibvirtNetwork());
    }
    child(card, "mac").setAttribute("address", mac(index));
    if (plan.environment().flavour() == Flavour.QEMU) {
      child(card, "model").setAttribute("type", UserNetwork.model(nic));
    }
  }

  private void userNetwork(Element domain) {
    for (int i = 0; i < vm.getNicsCount(); i++) {
      if (vm.getNics(i).hasUser()) {
        Element line = document.createElementNS(QEMU, "qemu:commandline");
        List<String> words =
            UserNetwork.arguments(
                plan.hostname(),
                vm.getNics(i),
                vm.getMachine(),
                plan.instance().getPortsList(),
                mac(i));
        for (String word : words) {
          Element argument = document.createElementNS(QEMU, "qemu:arg");
          argument.setAttribute("value", word);
          line.appendChild(argument);
        }
        domain.appendChild(line);
      }
    }
  }

  private String mac(int card) {
    return MacAddress.of(plan.instance().getWorkloadUid(), plan.instance().getSlot(), card);
  }

  private void console(Element devices, String kind) {
    if (kind.equals("serial")) {
      Element serial = child(devices, "serial");
      serial.setAttribute("type", "pty");
      Element log = child(serial, "log");
      log.setAttribute("file", plan.files().console().toString());
      log.setAttribute("append", "on");
      child(serial, "target").setAttribute("port", "0");
    }
    Element console = child(devices, "console");
    console.setAttribute("type", "pty");
    Element target = child(console, "target");
    target.setAttribute("type", kind);
    target.setAttribute("port", "0");
  }

  private void screen(Element devices) {
    Element video = child(devices, "video");
    if (vm.getVnc()) {
      child(video, "model").setAttribute("type", "vga");
      Element graphics = child(devices, "graphics");
      graphics.setAttribute("type", "vnc");
      graphics.setAttribute("autoport", "yes");
      graphics.setAttribute("listen", "127.0.0.1");
    } else {
      child(video, "model").setAttribute("type", "none");
    }
  }

  private Element child(Element parent, String name) {
    Element element = document.createElement(name);
    parent.appendChild(element);
    return element;
  }

  private Element text(Element parent, String name, String value) {
    Element element = child(parent, name);
    element.setTextContent(value);
    return element;
  }

  /// A tree as libvirt reads it.
  static String serialized(Document document) {
    try {
      TransformerFactory factory = TransformerFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      Transformer transformer = factory.newTransformer();
      transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
      transformer.setOutputProperty(OutputKeys.INDENT, "yes");
      StringWriter writer = new StringWriter();
      transformer.transform(new DOMSource(document), new StreamResult(writer));
      return writer.toString();
    } catch (TransformerException e) {
      throw new IllegalStateException(e);
    }
  }
}
