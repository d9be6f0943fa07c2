package dev.berth.agent.driver.libvirt;

import java.io.StringReader;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/// Berth's labels in a machine's metadata, by which machines are recognised.
final class DomainMetadata {
  /// Names Berth's element.
  static final String URI = "urn:berth:instance:1";

  private static final String PREFIX = "berth";

  private DomainMetadata() {}

  /// The element that carries labels.
  static Element write(Document document, Map<String, String> labels) {
    Element root = document.createElementNS(URI, PREFIX + ":instance");
    new TreeMap<>(labels)
        .forEach(
            (name, value) -> {
              Element label = document.createElementNS(URI, PREFIX + ":label");
              label.setAttribute("name", name);
              label.setAttribute("value", value);
              root.appendChild(label);
            });
    return root;
  }

  /// The labels of an element as libvirt gives it back; none when it is not Berth's.
  static Map<String, String> read(String xml) throws HypervisorException {
    Map<String, String> labels = new TreeMap<>();
    NodeList children = parse(xml).getDocumentElement().getChildNodes();
    for (int i = 0; i < children.getLength(); i++) {
      Node child = children.item(i);
      if (child instanceof Element label && label.getNodeName().endsWith("label")) {
        labels.put(label.getAttribute("name"), label.getAttribute("value"));
      }
    }
    return labels;
  }

  /// A parser that reads nothing but what it is given.
  static DocumentBuilder builder() {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setNamespaceAware(true);
      return factory.newDocumentBuilder();
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What libvirt wrote, as a tree.
  static Document parse(String xml) throws HypervisorException {
    try {
      return builder().parse(new InputSource(new StringReader(xml)));
    } catch (org.xml.sax.SAXException | java.io.IOException e) {
      throw new HypervisorException(
          HypervisorException.Kind.FAILED, "libvirt's XML cannot be read: " + e.getMessage(), e);
    }
  }
}
