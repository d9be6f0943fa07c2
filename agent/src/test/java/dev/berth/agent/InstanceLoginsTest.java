package dev.berth.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.berth.v1.AssignedInstance;
import dev.berth.v1.AssignmentChange;
import dev.berth.v1.AssignmentSet;
import dev.berth.v1.RegistryLogin;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class InstanceLoginsTest {
  private static final RegistryLogin LOGIN =
      RegistryLogin.newBuilder().setServer("h:5").setUsername("ann").setPassword("s3cret").build();

  private static AssignedInstance instance(String id) {
    return AssignedInstance.newBuilder().setInstanceId(id).setWorkload("web").build();
  }

  private static AssignedInstance withLogin(String id) {
    return instance(id).toBuilder().setRegistryLogin(LOGIN).build();
  }

  @Test
  void takesLoginsOutOfASetAndKeepsThem() {
    InstanceLogins logins = new InstanceLogins();
    AssignmentSet rest =
        logins.keep(
            AssignmentSet.newBuilder()
                .setRevision(7)
                .addInstances(withLogin("a"))
                .addInstances(instance("b"))
                .build());
    assertEquals(
        AssignmentSet.newBuilder()
            .setRevision(7)
            .addInstances(instance("a"))
            .addInstances(instance("b"))
            .build(),
        rest);
    assertFalse(rest.toString().contains("s3cret"));
    assertEquals(Optional.of(LOGIN), logins.of("a"));
    assertEquals(Optional.empty(), logins.of("b"));
    var _ = logins.keep(AssignmentSet.newBuilder().addInstances(instance("b")).build());
    assertEquals(Optional.empty(), logins.of("a"));
  }

  @Test
  void aChangeBringsALoginAndTakesOneAway() {
    InstanceLogins logins = new InstanceLogins();
    AssignmentChange rest =
        logins.keep(AssignmentChange.newBuilder().addChanged(withLogin("a")).build());
    assertEquals(instance("a"), rest.getChanged(0));
    assertEquals(Optional.of(LOGIN), logins.of("a"));
    var _ = logins.keep(AssignmentChange.newBuilder().addChanged(instance("a")).build());
    assertEquals(Optional.empty(), logins.of("a"));
    var _ = logins.keep(AssignmentChange.newBuilder().addChanged(withLogin("a")).build());
    var _ = logins.keep(AssignmentChange.newBuilder().addRemoved("a").build());
    assertEquals(Optional.empty(), logins.of("a"));
  }
}
