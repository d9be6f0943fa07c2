package dev.berth.agent.driver.libvirt;

import com.google.protobuf.Timestamp;
import dev.berth.v1.VmSnapshot;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/// A snapshot in libvirt's words. Built and read as a tree, as machines are.
final class SnapshotXml {
  private SnapshotXml() {}

  /// What libvirt is asked for.
  static String of(String name) {
    Document document = DomainMetadata.builder().newDocument();
    Element snapshot = document.createElement("domainsnapshot");
    document.appendChild(snapshot);
    Element named = document.createElement("name");
    named.setTextContent(name);
    snapshot.appendChild(named);
    return DomainXml.serialized(document);
  }

  /// What libvirt says of one.
  static VmSnapshot read(String xml) throws HypervisorException {
    Element snapshot = DomainMetadata.parse(xml).getDocumentElement();
    String state = text(snapshot, "state");
    return VmSnapshot.newBuilder()
        .setName(text(snapshot, "name"))
        .setCreateTime(Timestamp.newBuilder().setSeconds(seconds(text(snapshot, "creationTime"))))
        .setWithMemory(state.equals("running") || state.equals("paused"))
        .build();
  }

  private static long seconds(String text) throws HypervisorException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new HypervisorException(
          HypervisorException.Kind.FAILED, "a snapshot's time cannot be read: " + text, e);
    }
  }

  /// Of the snapshot's own elements: the machine's definition in it has a name, too.
  private static String text(Element snapshot, String name) {
    for (Node each = snapshot.getFirstChild(); each != null; each = each.getNextSibling()) {
      if (each instanceof Element && each.getNodeName().equals(name)) {
        return each.getTextContent();
      }
    }
    return "";
  }
}
