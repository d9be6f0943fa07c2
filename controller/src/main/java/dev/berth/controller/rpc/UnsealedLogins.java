package dev.berth.controller.rpc;

import dev.berth.controller.security.LoginSeal;
import dev.berth.spec.ImageRules;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.AssignmentChange;
import dev.berth.v1.AssignmentSet;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.RegistryLogin;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens logins to registries on their way to the agent that pulls with them, and nowhere else.
///
/// @param seal with which they are closed
record UnsealedLogins(LoginSeal seal) {
  private static final Logger LOG = LoggerFactory.getLogger(UnsealedLogins.class);

  /// The message as it is sent.
  OpenSessionResponse opened(OpenSessionResponse message) {
    return switch (message.getMessageCase()) {
      case ASSIGNMENTS -> {
        AssignmentSet.Builder set = message.getAssignments().toBuilder();
        for (int i = 0; i < set.getInstancesCount(); i++) {
          if (!set.getInstances(i).getSealedRegistryLogin().isEmpty()) {
            set.setInstances(i, opened(set.getInstances(i)));
          }
        }
        yield OpenSessionResponse.newBuilder().setAssignments(set).build();
      }
      case ASSIGNMENT_CHANGE -> {
        AssignmentChange.Builder change = message.getAssignmentChange().toBuilder();
        for (int i = 0; i < change.getChangedCount(); i++) {
          if (!change.getChanged(i).getSealedRegistryLogin().isEmpty()) {
            change.setChanged(i, opened(change.getChanged(i)));
          }
        }
        yield OpenSessionResponse.newBuilder().setAssignmentChange(change).build();
      }
      default -> message;
    };
  }

  private AssignedInstance opened(AssignedInstance instance) {
    String server = ImageRules.registryOf(instance.getSpec().getContainer().getImage());
    AssignedInstance.Builder opened = instance.toBuilder().clearSealedRegistryLogin();
    Optional<RegistryLogin> login =
        seal.open(instance.getNamespace(), server, instance.getSealedRegistryLogin());
    if (login.isEmpty()) {
      LOG.warn(
          "The login of namespace {} to {} cannot be opened, as after a change of the authority:"
              + " set it anew with berth registry login",
          instance.getNamespace(),
          server);
    }
    login.ifPresent(opened::setRegistryLogin);
    return opened.build();
  }
}
