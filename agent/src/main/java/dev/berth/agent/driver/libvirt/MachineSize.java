package dev.berth.agent.driver.libvirt;

import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainInfo;
import org.libvirt.LibvirtException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/// How many virtual CPUs and how much memory a machine has.
///
/// A running machine gets less memory, and what it had when it was started, through its balloon:
/// the guest gives pages back, if it has a driver for that. All else waits for its next start.
record MachineSize(long vcpus, long memoryBytes) {
  private static final Logger LOG = LoggerFactory.getLogger(MachineSize.class);
  private static final int OF_NEXT_START = 1 | 2; // with secrets, as it is defined
  private static final long KIB = 1024;

  /// Gives it to a machine.
  ///
  /// @return whether the machine has it now, or is off
  boolean give(Connect connection, Domain domain) throws LibvirtException, HypervisorException {
    Domain defined = connection.domainDefineXML(in(domain.getXMLDesc(OF_NEXT_START)));
    if (defined != null) {
      int _ = defined.free();
    }
    return domain.isActive() == 0 || giveNow(domain);
  }

  /// The definition of a machine of this size.
  String in(String xml) throws HypervisorException {
    Document document = DomainMetadata.parse(xml);
    Element domain = document.getDocumentElement();
    for (String name : new String[] {"memory", "currentMemory"}) {
      Element memory = own(domain, name);
      if (memory != null) {
        memory.setAttribute("unit", "b");
        memory.setTextContent(Long.toString(memoryBytes));
      }
    }
    Element cpus = own(domain, "vcpu");
    if (cpus != null) {
      cpus.removeAttribute("current");
      cpus.setTextContent(Long.toString(vcpus));
    }
    return DomainXml.serialized(document);
  }

  private static @Nullable Element own(Element parent, String name) {
    for (Node each = parent.getFirstChild(); each != null; each = each.getNextSibling()) {
      if (each instanceof Element element && each.getNodeName().equals(name)) {
        return element;
      }
    }
    return null;
  }

  private boolean giveNow(Domain domain) throws LibvirtException {
    DomainInfo now = domain.getInfo();
    long kib = memoryBytes / KIB;
    if (now.nrVirtCpu != vcpus || kib > now.maxMem) {
      return false;
    }
    if (now.memory == kib) {
      return true;
    }
    try {
      domain.setMemory(kib);
      return true;
    } catch (LibvirtException e) {
      LOG.info("the memory of a machine changes with its next start: {}", e.getMessage());
      return false;
    }
  }
}
