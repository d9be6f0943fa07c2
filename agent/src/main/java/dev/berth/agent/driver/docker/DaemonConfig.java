package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.AuthConfigurations;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.core.SSLConfig;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// What docker-java needs to know: the daemon's address alone. Its own default would read the
/// environment and the user's docker configuration, and fail when that is broken.
record DaemonConfig(URI host) implements DockerClientConfig {
  private static final long MOST_ANSWER_CHARS = 64L << 20;

  /// As docker-java's own, with a bound: an answer that does not end is an error, not a full heap.
  static final ObjectMapper MAPPER =
      DockerClientConfig.getDefaultObjectMapper()
          .copyWith(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxDocumentLength(MOST_ANSWER_CHARS).build())
                  .build());

  @Override
  public URI getDockerHost() {
    return host;
  }

  /// The daemon's newest: paths without a version mean that.
  @Override
  public RemoteApiVersion getApiVersion() {
    return RemoteApiVersion.UNKNOWN_VERSION;
  }

  @Override
  public ObjectMapper getObjectMapper() {
    return MAPPER;
  }

  @Override
  public @Nullable String getRegistryUsername() {
    return null;
  }

  @Override
  public @Nullable String getRegistryPassword() {
    return null;
  }

  @Override
  public @Nullable String getRegistryEmail() {
    return null;
  }

  @Override
  public @Nullable String getRegistryUrl() {
    return null;
  }

  @Override
  public @Nullable AuthConfig effectiveAuthConfig(String image) {
    return null;
  }

  @Override
  public AuthConfigurations getAuthConfigurations() {
    return new AuthConfigurations();
  }

  @Override
  @SuppressWarnings("deprecation") // docker-java's interface still has the type that it deprecated
  public @Nullable SSLConfig getSSLConfig() {
    return null;
  }
}
