package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.v1.BuildOrder;
import dev.berth.v1.RegistryLogin;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/// How the daemon is asked to build.
///
/// @param order what
record BuildRequest(BuildOrder order) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Path and query.
  String target() {
    // Containers of steps are removed, those of failed ones too.
    StringBuilder target = new StringBuilder("/build?version=1&rm=1&forcerm=1");
    order.getTagsList().forEach(tag -> add(target, "t", tag));
    add(target, "dockerfile", order.getDockerfile());
    add(target, "target", order.getTarget());
    add(target, "networkmode", order.getNetwork());
    add(target, "nocache", order.getNoCache() ? "1" : "");
    add(target, "pull", order.getPull() ? "1" : "");
    add(target, "buildargs", json(order.getBuildArgsMap()));
    add(target, "labels", json(order.getLabelsMap()));
    return target.toString();
  }

  /// Header lines.
  String headers() {
    String type = "Content-Type: application/x-tar\r\n";
    if (order.getLoginsCount() == 0) {
      return type;
    }
    ObjectNode logins = JSON.createObjectNode();
    for (RegistryLogin login : order.getLoginsList()) {
      ObjectNode entry = logins.putObject(login.getServer());
      entry.put("serveraddress", login.getServer());
      if (login.getIdentityToken().isEmpty()) {
        entry.put("username", login.getUsername()).put("password", login.getPassword());
      } else {
        entry.put("identitytoken", login.getIdentityToken());
      }
    }
    byte[] bytes = logins.toString().getBytes(StandardCharsets.UTF_8);
    return type + "X-Registry-Config: " + Base64.getUrlEncoder().encodeToString(bytes) + "\r\n";
  }

  private static String json(Map<String, String> values) {
    if (values.isEmpty()) {
      return "";
    }
    ObjectNode all = JSON.createObjectNode();
    new TreeMap<>(values).forEach(all::put);
    return all.toString();
  }

  private static void add(StringBuilder target, String name, String value) {
    if (!value.isEmpty()) {
      target
          .append('&')
          .append(name)
          .append('=')
          .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
  }
}
