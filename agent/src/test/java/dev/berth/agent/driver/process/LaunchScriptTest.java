package dev.berth.agent.driver.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.Assigned;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.PortBinding;
import dev.berth.v1.ProcessFile;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessLimit;
import dev.berth.v1.ProcessSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LaunchScriptTest {
  private static final Tools TOOLS =
      new Tools(
          Map.of(
              "env", "/bin/env",
              "prlimit", "/bin/prlimit",
              "setpriv", "/bin/setpriv",
              "unshare", "/bin/unshare"),
          false,
          Optional.empty());
  private static final LaunchScript.As SELF =
      new LaunchScript.As(
          new ProcessUser("root", "0", "0", "/root", ProcessUser.NODES_GROUPS), false);
  private static final LaunchScript.As OTHER =
      new LaunchScript.As(
          new ProcessUser("www", "33", "34", "/var/www", ProcessUser.NODES_GROUPS), true);
  private static final LaunchScript.Group NO_GROUP =
      new LaunchScript.Group(List.of(), List.of(), "", "");

  private static final WorkDirectory WORK = new WorkDirectory(Path.of("/d"), "1");

  private static AssignedInstance instance(ProcessSpec.Builder process) {
    AssignedInstance.Builder instance =
        Assigned.container("web", 1, "none").toBuilder()
            .addPorts(PortBinding.newBuilder().setName("web-ui").setTarget(80).setHostPort(20_001))
            .addPorts(PortBinding.newBuilder().setTarget(81).setHostPort(81));
    instance.getSpecBuilder().setProcess(process);
    return instance.build();
  }

  private static String script(ProcessSpec.Builder process, LaunchScript.As user) {
    return new LaunchScript(instance(process), user, NO_GROUP, TOOLS, WORK).text(7);
  }

  private static String exec(ProcessSpec.Builder process, LaunchScript.As user) {
    return script(process, user)
        .lines()
        .filter(line -> line.startsWith("  exec "))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aProgramIsExecutedAsItIsWhenNothingIsAskedFor() {
    assertEquals(
        "  exec '/bin/serve' '--name' 'it'\\''s $HOME `id`'",
        exec(ProcessFixture.spec("/bin/serve", "--name", "it's $HOME `id`"), SELF));
  }

  @Test
  void whatConfinesComesInTheOrderInWhichItIsAllowed() {
    ProcessSpec.Builder process =
        ProcessFixture.spec("serve")
            .addLimits(ProcessLimit.newBuilder().setName("nofile").setSoft(10).setHard(20))
            .addLimits(ProcessLimit.newBuilder().setName("core"))
            .setIsolation(ProcessIsolation.PROCESS_ISOLATION_NAMESPACES)
            .addDropCapabilities("net_raw")
            .addDropCapabilities("sys_admin")
            .setNoNewPrivileges(true);
    assertEquals(
        "  exec '/bin/prlimit' '--nofile=10:20' '--core=unlimited:unlimited' '/bin/unshare'"
            + " '--mount' '--uts' '--ipc' '--pid' '--fork' '--kill-child' '--mount-proc'"
            + " '/bin/setpriv' '--reuid=33' '--regid=34' '--init-groups'"
            + " '--inh-caps=-net_raw,-sys_admin' '--bounding-set=-net_raw,-sys_admin'"
            + " '--no-new-privs' 'serve'",
        exec(process, OTHER));
  }

  @Test
  void aProgramWithARootOfItsOwnIsExecutedThereAndLosesItsPrivilegesBefore() {
    ProcessSpec.Builder process =
        ProcessFixture.spec("serve", "it's")
            .setIsolation(ProcessIsolation.PROCESS_ISOLATION_ROOTFS)
            .addLimits(ProcessLimit.newBuilder().setName("core"))
            .addFiles(ProcessFile.newBuilder().setPath("a"))
            .setWorkingDir("conf")
            .setUmask("0027")
            .putEnv("SECRET", "s3cret")
            .setNoNewPrivileges(true);
    assertEquals(
        "  exec '/bin/unshare' --mount --uts --ipc --pid --fork --kill-child sh '/d/root.sh' make"
            + " '/d/1' '/d/work/1' '/bin/prlimit' '--core=unlimited:unlimited' '/bin/setpriv'"
            + " '--reuid=33' '--regid=34' '--init-groups' '--no-new-privs'",
        script(process, OTHER)
            .lines()
            .filter(line -> line.startsWith("  exec '"))
            .findFirst()
            .orElseThrow());
    assertFalse(script(process, OTHER).contains("s3cret"), "the node's own programs have no use");
    String inside = new LaunchScript(instance(process), OTHER, NO_GROUP, TOOLS, WORK).inside();
    assertTrue(inside.contains("  umask 0027\n  cd '/berth/conf' || exit 126\n"), inside);
    assertTrue(inside.contains("  export SECRET='s3cret'\n"), inside);
    assertTrue(inside.contains("  export BERTH_DIR='/berth'\n"), inside);
    assertTrue(inside.endsWith("  exec 'serve' 'it'\\''s'\n}\n"), inside);
  }

  @Test
  void theEnvironmentHasPortsAndAHomeAndNothingOfTheAgent() {
    Map<String, String> env =
        new LaunchScript(
                instance(ProcessFixture.spec("x").putEnv("HOME", "/h")),
                OTHER,
                NO_GROUP,
                TOOLS,
                WORK)
            .environment();
    assertEquals("20001", env.get("BERTH_PORT_WEB_UI"));
    assertEquals("81", env.get("BERTH_PORT_81"));
    assertEquals("/h", env.get("HOME"));
    assertEquals("www", env.get("USER"));
    assertEquals(Tools.PATH, env.get("PATH"));
    assertEquals(Assigned.id("web.1"), env.get("BERTH_INSTANCE"));
    assertEquals(7, env.size());
  }

  @Test
  void whatAShellKeepsForItselfIsGivenByEnv() {
    ProcessSpec.Builder process =
        ProcessFixture.spec("x")
            .putEnv("a.b", "1")
            .putEnv("IFS", "x")
            .putEnv("OPTIND", "no")
            .putEnv("PLAIN", "'");
    assertEquals("  exec '/bin/env' 'IFS=x' 'OPTIND=no' 'a.b=1' 'x'", exec(process, SELF));
    assertTrue(script(process, SELF).contains("  export PLAIN=''\\'''\n"));
  }

  @Test
  void aProgramEntersItsCgroupAndWhatItLeavesIsKilledThere() {
    String whole =
        new LaunchScript(
                instance(ProcessFixture.spec("x")),
                SELF,
                new LaunchScript.Group(
                    List.of(Path.of("/c/carriers/cgroup.procs")),
                    List.of(Path.of("/m/i/cgroup.procs"), Path.of("/u/i/cgroup.procs")),
                    "/u/i/cgroup.procs",
                    "/u/i/cgroup.kill"),
                TOOLS,
                WORK)
            .text(7);
    assertTrue(
        whole.startsWith("written=7\nsettle() {\n  :\n  echo 0 >'/c/carriers/cgroup.procs'"));
    assertTrue(
        whole.contains(
            """
            enter() {
              :
              echo 0 >'/m/i/cgroup.procs' || return 1
              echo 0 >'/u/i/cgroup.procs' || return 1
            }
            """));
    assertTrue(whole.contains("sweep() {\n  echo 1 >'/u/i/cgroup.kill'\n}\n"));
  }

  @Test
  void signalsThatTheAgentIgnoresAreSetBack() {
    LaunchScript script =
        new LaunchScript(
            instance(ProcessFixture.spec("x")),
            SELF,
            NO_GROUP,
            new Tools(TOOLS.paths(), true, Optional.empty()),
            WORK);
    assertTrue(script.text(0).contains("  exec '/bin/env' '--default-signal' 'x'\n"));
  }

  @Test
  void toolsThatAreMissingAreNamed() {
    ProcessSpec.Builder process =
        ProcessFixture.spec("x")
            .setNoNewPrivileges(true)
            .addLimits(ProcessLimit.newBuilder().setName("core"));
    LaunchScript script =
        new LaunchScript(
            instance(process),
            SELF,
            NO_GROUP,
            new Tools(Map.of("prlimit", "/bin/prlimit"), false, Optional.empty()),
            WORK);
    assertEquals(List.of("setpriv"), script.missing());
  }

  @Test
  void aProgramWithFilesStartsWhereTheyAre() {
    assertTrue(script(ProcessFixture.spec("x"), SELF).contains("\n  cd '/' || exit 126\n"));
    ProcessSpec.Builder placed =
        ProcessFixture.spec("./x").addFiles(ProcessFile.newBuilder().setPath("x"));
    String script = script(placed, SELF);
    assertTrue(script.contains("\n  cd '/d/work/1' || exit 126\n"), script);
    assertTrue(script.contains("  export BERTH_DIR='/d/work/1'\n"), script);
    assertTrue(script(placed.setWorkingDir("a/b"), SELF).contains("  cd '/d/work/1/a/b' ||"));
    assertTrue(script(placed.setWorkingDir("/srv"), SELF).contains("  cd '/srv' ||"));
  }
}
