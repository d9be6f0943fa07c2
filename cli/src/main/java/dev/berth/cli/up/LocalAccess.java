package dev.berth.cli.up;

import dev.berth.client.ControllerAddress;
import dev.berth.client.ControllerChannel;
import dev.berth.client.CredentialsException;
import dev.berth.client.FileTrouble;
import dev.berth.client.TlsIdentity;
import dev.berth.client.context.ContextEntry;
import dev.berth.client.context.ContextException;
import dev.berth.client.context.ContextFile;
import dev.berth.v1.AdminServiceGrpc;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.ListWorkloadsRequest;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadServiceGrpc;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What `up` does as the administrator of the cluster that it made: a token for its agent, and
/// the command line's context.
///
/// @param settings what `up` was told
/// @param contextFile where the contexts of the user are
record LocalAccess(UpSettings settings, Path contextFile) {
  private static final int CALL_SECONDS = 10;

  private Members members() {
    return new Members(settings);
  }

  private Path certificate() {
    return members().pki().resolve("admin.crt");
  }

  private Path key() {
    return members().pki().resolve("admin.key");
  }

  private Path authority() {
    return members().pki().resolve("ca.crt");
  }

  /// Makes a join token for this host's node and puts it where the agent reads it.
  void provideToken() throws StartFailure {
    try (ControllerChannel channel = open()) {
      String token =
          AdminServiceGrpc.newBlockingStub(channel.channel())
              .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
              .createToken(CreateTokenRequest.newBuilder().setNode(settings.node()).build())
              .getSecret();
      Path file = settings.dir().token();
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, token + "\n");
    } catch (StatusRuntimeException e) {
      throw new StartFailure(
          "join token: the controller refused it: " + e.getStatus().getDescription(), e);
    } catch (IOException e) {
      throw new StartFailure(
          "join token: " + settings.dir().token() + " cannot be written: " + FileTrouble.why(e), e);
    }
  }

  /// Names of some workloads that the cluster has, sorted.
  List<String> workloads() throws StartFailure {
    try (ControllerChannel channel = open()) {
      return WorkloadServiceGrpc.newBlockingStub(channel.channel())
          .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
          .listWorkloads(
              ListWorkloadsRequest.newBuilder().setNamespace("default").setPageSize(100).build())
          .getWorkloadsList()
          .stream()
          .map(Workload::getName)
          .toList();
    } catch (StatusRuntimeException e) {
      throw new StartFailure(
          "workloads: the controller does not list them: " + e.getStatus().getDescription(), e);
    }
  }

  /// Makes this cluster the one that the command line means, and notes which one it meant before.
  void writeContext() throws StartFailure {
    try {
      ContextFile contexts = ContextFile.load(contextFile);
      if (!contexts.current().equals(settings.context())) {
        Files.writeString(previous(), contexts.current());
      }
      ContextEntry entry =
          new ContextEntry(
              "127.0.0.1:" + settings.ports().api(),
              "default",
              authority().toString(),
              certificate().toString(),
              key().toString());
      contexts.withCurrent(settings.context(), entry).save(contextFile);
    } catch (ContextException e) {
      throw new StartFailure(
          e.getMessage() + "\nCorrect the file, or choose another with BERTH_CONFIG.", e);
    } catch (IOException e) {
      throw new StartFailure(
          "context: " + contextFile + " cannot be written: " + FileTrouble.why(e), e);
    }
  }

  /// Takes the context away again, unless it is another cluster's by now; the file too, when it
  /// was the only one.
  void removeContext() throws StartFailure {
    try {
      ContextFile contexts = ContextFile.load(contextFile);
      ContextEntry entry = contexts.contexts().get(settings.context());
      if (entry != null && entry.clientCert().equals(certificate().toString())) {
        ContextFile rest = contexts.without(settings.context());
        String before = Files.exists(previous()) ? Files.readString(previous()) : "";
        if (rest.contexts().isEmpty()) {
          Files.deleteIfExists(contextFile);
        } else if (rest.current().isEmpty() && rest.contexts().containsKey(before)) {
          new ContextFile(before, rest.contexts()).save(contextFile);
        } else {
          rest.save(contextFile);
        }
      }
      Files.deleteIfExists(previous());
    } catch (ContextException | IOException e) {
      throw new StartFailure(
          "context: " + contextFile + " cannot be changed: " + FileTrouble.why(e), e);
    }
  }

  private Path previous() {
    return settings.dir().run().resolve("previous-context");
  }

  private ControllerChannel open() throws StartFailure {
    try {
      TlsIdentity identity = TlsIdentity.load(certificate(), key(), authority());
      return ControllerChannel.open(
          List.of(new ControllerAddress("127.0.0.1", settings.ports().api())), () -> identity);
    } catch (CredentialsException e) {
      throw new StartFailure(String.valueOf(e.getMessage()), e);
    }
  }
}
