package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.MachineBridge;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;
import org.libvirt.Network;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/// The bridges that the machines of a connection use: those that they name, and those of the
/// networks that they name.
final class MachineBridges {
  // For a network with one of these modes libvirt lets packets through by itself, if at all; what
  // it isolates stays so.
  private static final Map<String, MachineBridge.Reach> MODES =
      Map.of(
          "nat", MachineBridge.Reach.MACHINES,
          "route", MachineBridge.Reach.ANYONE,
          "open", MachineBridge.Reach.ANYONE,
          "bridge", MachineBridge.Reach.ANYONE);

  private MachineBridges() {}

  /// What the cards of one machine are connected to.
  record Cards(SortedSet<String> bridges, SortedSet<String> networks) {}

  static List<MachineBridge> of(Connect connection) throws LibvirtException, HypervisorException {
    SortedMap<String, MachineBridge> found = new TreeMap<>();
    SortedSet<String> networks = new TreeSet<>();
    for (Domain domain : connection.listAllDomains(0)) {
      try {
        Cards cards = cards(domain.getXMLDesc(0));
        cards.bridges().forEach(name -> found.put(name, bridge(name)));
        networks.addAll(cards.networks());
      } catch (LibvirtException e) {
        if (!is(e, ErrorNumber.VIR_ERR_NO_DOMAIN)) {
          throw e;
        }
      } finally {
        domain.free();
      }
    }
    for (String name : networks) {
      lookUp(connection, name).ifPresent(bridge -> found.putIfAbsent(bridge.name(), bridge));
    }
    return List.copyOf(found.values());
  }

  private static MachineBridge bridge(String name) {
    return new MachineBridge(name, MachineBridge.Reach.ANYONE);
  }

  private static Optional<MachineBridge> lookUp(Connect connection, String name)
      throws LibvirtException, HypervisorException {
    Network network;
    try {
      network = connection.networkLookupByName(name);
    } catch (LibvirtException e) {
      // It is gone, or this libvirt knows no networks.
      if (is(e, ErrorNumber.VIR_ERR_NO_NETWORK) || is(e, ErrorNumber.VIR_ERR_NO_SUPPORT)) {
        return Optional.empty();
      }
      throw e;
    }
    if (network == null) {
      return Optional.empty();
    }
    try {
      return ofNetwork(network.getXMLDesc(0));
    } finally {
      network.free();
    }
  }

  private static boolean is(LibvirtException e, ErrorNumber code) {
    return e.getError() != null && e.getError().getCode() == code;
  }

  /// What a machine's definition says of its cards.
  static Cards cards(String domainXml) throws HypervisorException {
    SortedSet<String> bridges = new TreeSet<>();
    SortedSet<String> networks = new TreeSet<>();
    NodeList cards = parse(domainXml).getElementsByTagName("interface");
    for (int i = 0; i < cards.getLength(); i++) {
      if (cards.item(i) instanceof Element card) {
        Optional<Element> source = child(card, "source");
        String bridge = source.map(each -> each.getAttribute("bridge")).orElse("");
        String network = source.map(each -> each.getAttribute("network")).orElse("");
        if (!network.isEmpty()) {
          networks.add(network);
        } else if (MachineBridge.isName(bridge)) {
          bridges.add(bridge);
        }
      }
    }
    return new Cards(bridges, networks);
  }

  /// The bridge of a network's definition; empty when it is isolated or has none.
  static Optional<MachineBridge> ofNetwork(String networkXml) throws HypervisorException {
    Element network = parse(networkXml);
    Optional<Element> forward = child(network, "forward");
    String mode = forward.map(each -> each.getAttribute("mode")).orElse("none");
    // As libvirt has it: without a mode it is nat.
    MachineBridge.Reach reach = MODES.get(mode.isEmpty() ? "nat" : mode);
    String name = child(network, "bridge").map(each -> each.getAttribute("name")).orElse("");
    return reach == null || !MachineBridge.isName(name)
        ? Optional.empty()
        : Optional.of(new MachineBridge(name, reach));
  }

  private static Optional<Element> child(Element parent, String name) {
    NodeList children = parent.getChildNodes();
    for (int i = 0; i < children.getLength(); i++) {
      if (children.item(i) instanceof Element element && element.getNodeName().equals(name)) {
        return Optional.of(element);
      }
    }
    return Optional.empty();
  }

  private static Element parse(String xml) throws HypervisorException {
    try {
      return DomainMetadata.builder()
          .parse(new InputSource(new StringReader(xml)))
          .getDocumentElement();
    } catch (SAXException | IOException e) {
      throw new HypervisorException(
          HypervisorException.Kind.FAILED, "a definition cannot be read: " + e.getMessage(), e);
    }
  }
}
