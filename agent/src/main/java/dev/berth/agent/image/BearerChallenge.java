package dev.berth.agent.image;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a registry says to those who come without a token (RFC 6750): where there is one.
///
/// @param realm the address that gives tokens
/// @param parameters what to tell it: the service and the scope, as far as they were named
record BearerChallenge(String realm, Map<String, String> parameters) {
  private static final Pattern PARAMETER = Pattern.compile("([a-z_]{1,20})=\"([^\"]{0,2000})\"");

  static Optional<BearerChallenge> parse(String header) {
    if (!header.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return Optional.empty();
    }
    Map<String, String> found = new LinkedHashMap<>();
    Matcher matcher = PARAMETER.matcher(header);
    while (matcher.find()) {
      found.putIfAbsent(matcher.group(1), matcher.group(2));
    }
    String realm = found.remove("realm");
    found.keySet().retainAll(Set.of("service", "scope"));
    return realm == null ? Optional.empty() : Optional.of(new BearerChallenge(realm, found));
  }

  /// What to ask for a token.
  URI address() throws IOException {
    StringBuilder where = new StringBuilder(realm);
    char separator = realm.indexOf('?') < 0 ? '?' : '&';
    for (var parameter : parameters.entrySet()) {
      where
          .append(separator)
          .append(parameter.getKey())
          .append('=')
          .append(URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8));
      separator = '&';
    }
    try {
      URI address = URI.create(where.toString());
      if (address.getAuthority() != null) {
        return address;
      }
    } catch (IllegalArgumentException _) {
      // Said below.
    }
    throw new IOException("the registry names no address that gives tokens");
  }
}
