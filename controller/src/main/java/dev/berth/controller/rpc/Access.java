package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.loop.Snapshot;
import dev.berth.controller.rpc.Routes.Audience;
import dev.berth.controller.security.Caller;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides by the caller's certificate and the table of routes, at the start of each call and, for
/// streams, again and again.
final class Access implements CallGuard.Gate {
  /// How often streams are checked again.
  static final long RECHECK_SECONDS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(Access.class);
  private static final Context.Key<Caller> CALLER = Context.key("caller");
  private static final Context.Key<X509Certificate> CERTIFICATE = Context.key("certificate");
  private static final String CALLER_OF_SESSION = "dev.berth.caller";

  private final Supplier<Optional<Snapshot>> state;
  private final InstantSource clock;
  private final OnBehalf onBehalf;
  private final Map<ServerCall<?, ?>, Presented> streams = new ConcurrentHashMap<>();

  /// Who calls, and the certificate that says so.
  private record Presented(Caller caller, X509Certificate certificate) {}

  /// @param state what is true now; empty while this controller does not lead
  /// @param clock for the ends of certificates
  /// @param authority that issues the certificates
  Access(Supplier<Optional<Snapshot>> state, InstantSource clock, X509Certificate authority) {
    this.state = state;
    this.clock = clock;
    this.onBehalf = new OnBehalf(authority);
  }

  /// The agent that makes the current call.
  static Caller.Agent agent() {
    if (CALLER.get() instanceof Caller.Agent agent) {
      return agent;
    }
    throw StatusMapper.refused(RefusalCode.PERMISSION_DENIED, "only agents may call this");
  }

  /// Who makes the current call, for people and logs.
  static String caller() {
    Caller caller = CALLER.get();
    return caller == null ? "nobody" : caller.description();
  }

  /// Whether another controller makes the current call, for itself or for someone else.
  static boolean isPeer() {
    return CALLER.get() instanceof Caller.Controller;
  }

  /// The certificate (DER) of whoever makes the current call; empty on the join port.
  static Optional<byte[]> certificate() {
    X509Certificate certificate = CERTIFICATE.get();
    try {
      return certificate == null ? Optional.empty() : Optional.of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }

  /// Whether a caller's certificate still counts: false for agents of nodes that were removed.
  /// True while it cannot be known.
  static boolean isAdmitted(Caller caller, Optional<Snapshot> state) {
    if (!(caller instanceof Caller.Agent(String name, String uid)) || state.isEmpty()) {
      return true;
    }
    NodeRecord node = state.get().state().node(name);
    return node != null && node.message().getUid().equals(uid);
  }

  @Override
  public Context admit(ServerCall<?, ?> call, Metadata headers) {
    Presented presented = presented(call, headers);
    check(call, presented);
    if (call.getMethodDescriptor().getType() != MethodDescriptor.MethodType.UNARY) {
      streams.put(call, presented);
    }
    return Context.current()
        .withValue(CALLER, presented.caller())
        .withValue(CERTIFICATE, presented.certificate());
  }

  @Override
  public void ended(ServerCall<?, ?> call) {
    streams.remove(call);
  }

  /// Ends the streams whose callers may not go on.
  void recheckStreams() {
    streams.forEach(
        (call, presented) -> {
          try {
            check(call, presented);
          } catch (StatusRuntimeException e) {
            call.close(e.getStatus(), StatusMapper.trailers(e));
          }
        });
  }

  /// Who calls: the holder of the connection's certificate, or who a controller speaks for.
  private Presented presented(ServerCall<?, ?> call, Metadata headers) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    X509Certificate certificate = certificate(session);
    Caller caller = caller(session, certificate);
    byte[] user = headers.get(BerthHeaders.CALLER);
    if (user == null) {
      return new Presented(caller, certificate);
    }
    checkValidity(certificate);
    if (!(caller instanceof Caller.Controller)) {
      LOG.warn("Refused the {}: it speaks for someone else", caller.description());
      throw denied("only controllers may speak for others: berth-caller-bin is not for you");
    }
    X509Certificate other = onBehalf.verified(user);
    return new Presented(Caller.of(other), other);
  }

  private void check(ServerCall<?, ?> call, Presented presented) {
    String method = call.getMethodDescriptor().getFullMethodName();
    Caller caller = presented.caller();
    try {
      checkValidity(presented.certificate());
      checkRole(caller, method);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
        LOG.warn(
            "Refused {} to the {}: {}",
            method,
            caller.description(),
            e.getStatus().getDescription());
      }
      throw e;
    }
  }

  private void checkRole(Caller caller, String method) {
    Audience audience =
        Routes.audience(method)
            .orElseThrow(() -> denied("nobody may call " + method + ": it is not in the table"));
    boolean allowed =
        switch (caller) {
          case Caller.Administrator _ ->
              audience == Audience.ADMINISTRATORS || audience == Audience.ALL;
          case Caller.Agent _ -> audience == Audience.AGENTS || audience == Audience.ALL;
          case Caller.Controller _ -> audience == Audience.CONTROLLERS || audience == Audience.ALL;
          case Caller.Stranger _ -> false;
        };
    if (!allowed) {
      throw denied("the " + caller.description() + " may not call " + method);
    }
    Optional<Snapshot> now = state.get();
    if (caller instanceof Caller.Agent && audience == Audience.AGENTS && now.isEmpty()) {
      throw StatusMapper.notLeading();
    }
    if (!isAdmitted(caller, now)) {
      throw denied(
          "the certificate of the "
              + caller.description()
              + " was revoked when the node was removed: join again with a new token");
    }
  }

  // X.509 certificates hold java.util.Date.
  @SuppressWarnings("JavaUtilDate")
  private void checkValidity(X509Certificate certificate) {
    if (clock.instant().isAfter(certificate.getNotAfter().toInstant())) {
      throw StatusMapper.refused(
          RefusalCode.UNAUTHENTICATED,
          "the certificate ended at " + certificate.getNotAfter().toInstant() + ": renew it");
    }
  }

  /// Who the certificate says it is; read once a connection, since each call asks.
  private static Caller caller(@Nullable SSLSession session, X509Certificate certificate) {
    if (session != null && session.getValue(CALLER_OF_SESSION) instanceof Caller known) {
      return known;
    }
    Caller caller = Caller.of(certificate);
    if (session != null) {
      session.putValue(CALLER_OF_SESSION, caller);
    }
    return caller;
  }

  private static X509Certificate certificate(@Nullable SSLSession session) {
    try {
      Certificate[] chain = session == null ? new Certificate[0] : session.getPeerCertificates();
      if (chain.length > 0 && chain[0] instanceof X509Certificate leaf) {
        return leaf;
      }
    } catch (SSLPeerUnverifiedException _) {
      // Said below.
    }
    throw StatusMapper.refused(RefusalCode.UNAUTHENTICATED, "a client certificate is needed");
  }

  private static StatusRuntimeException denied(String message) {
    return StatusMapper.refused(RefusalCode.PERMISSION_DENIED, message);
  }
}
