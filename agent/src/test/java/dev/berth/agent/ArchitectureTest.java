package dev.berth.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The rules of the architecture that concern the agent.
@AnalyzeClasses(packages = "dev.berth.agent", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final int FILE_LINES = 500;
  private static final int METHOD_LINES = 60;
  private static final int CONSTRUCTOR_PARAMETERS = 7;
  private static final String TIME_OR_THREADS =
      "java\\.lang\\.System\\.(nanoTime|currentTimeMillis)"
          + "|java\\.time\\.\\w+\\.(now|system|systemUTC|systemDefaultZone)"
          + "|java\\.lang\\.Thread\\.(sleep|join|start\\w*|ofVirtual|ofPlatform)"
          + "|java\\.lang\\.Object\\.wait"
          + "|java\\.util\\.concurrent\\.(Executors|CompletableFuture|Timer|ForkJoinPool)\\..*";

  @ArchTest
  static final ArchRule THE_AGENT_DOES_NOT_SEE_THE_CONTROLLER =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.berth.controller..", "dev.berth.cli..", "io.etcd..")
          .because("they meet on the wire alone");

  @ArchTest
  static final ArchRule NO_NETTY =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.netty..", "io.grpc.netty..")
          .because("the agent is to stay small");

  @ArchTest
  static final ArchRule INSTANCES_SEE_NO_WIRE_AND_NO_DISK =
      noClasses()
          .that()
          .resideInAPackage("dev.berth.agent.instance..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.grpc..",
              "java.net..",
              "java.nio.file..",
              "java.nio.channels..",
              "com.github.dockerjava..",
              "dev.berth.client..",
              "dev.berth.agent.session..",
              "dev.berth.agent.journal..",
              "dev.berth.agent.security..");

  @ArchTest
  static final ArchRule DECISIONS_ARE_PURE =
      noClasses()
          .that()
          .haveNameMatching(
              "dev\\.berth\\.agent\\.instance\\."
                  + "(NextStep|RestartRules|RestartHistory|Observed|Sight|Desired|Step|Outcome).*")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.util.concurrent..", "java.util.random..", "org.slf4j..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("dev.berth.agent.port.AgentClock")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod("java.time.Instant", "now")
          .because("time and randomness are arguments");

  /// What drives a runtime, reads the host or serves metrics waits for others, not for time alone;
  /// two of the classes are a process each, and the third gives gRPC its threads.
  @ArchTest
  static final ArchRule TIME_AND_THREADS_COME_FROM_PORTS =
      classes()
          .that()
          .resideOutsideOfPackages(
              "dev.berth.agent.driver..", "dev.berth.agent.facts..", "dev.berth.agent.metrics..")
          .and()
          .haveNameNotMatching("dev\\.berth\\.agent\\.port\\.(HostClock|Threads)(\\$.*)?")
          .and()
          .haveNameNotMatching("dev\\.berth\\.agent\\.(TlsDialler|AgentMain|InstanceStopper)")
          .should(neitherAskForTimeNorStartThreads())
          .because(
              "whoever implements the ports runs a whole agent on one thread, in its own time");

  @ArchTest
  static final ArchRule ONLY_MAIN_KNOWS_DRIVERS_FACTS_AND_METRICS =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.berth.agent.driver.docker..",
              "dev.berth.agent.driver.libvirt..",
              "dev.berth.agent.driver.process..",
              "dev.berth.agent.facts..",
              "dev.berth.agent.metrics..")
          .and()
          .doNotHaveSimpleName("AgentMain")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.berth.agent.driver.docker..",
              "dev.berth.agent.driver.libvirt..",
              "dev.berth.agent.driver.process..",
              "dev.berth.agent.facts..",
              "dev.berth.agent.metrics..",
              "com.github.dockerjava..",
              "com.sun.jna..",
              "org.libvirt..",
              "io.micrometer..");

  @ArchTest
  static final ArchRule DRIVERS_SEE_THEIR_PORT_ALONE =
      noClasses()
          .that()
          .resideInAPackage("dev.berth.agent.driver..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.berth.agent",
              "dev.berth.agent.instance..",
              "dev.berth.agent.journal..",
              "dev.berth.agent.session..",
              "dev.berth.agent.security..",
              "dev.berth.agent.metrics..",
              "io.grpc..",
              "io.micrometer..");

  @ArchTest
  static final ArchRule DRIVERS_DO_NOT_SEE_EACH_OTHER =
      slices().matching("dev.berth.agent.driver.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("dev.berth.agent.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule PLAIN_NAMES =
      classes().should(notBeNamedLike("Util", "Utils", "Helper", "Helpers", "Impl", "Manager"));

  @ArchTest
  static final ArchRule NO_ABSTRACT_NAMES =
      noClasses().should().haveSimpleNameStartingWith("Abstract");

  @ArchTest
  static final ArchRule NOTHING_IS_PRINTED =
      noClasses()
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  @ArchTest
  static final ArchRule SHORT_CONSTRUCTORS =
      constructors()
          .should(
              new ArchCondition<JavaConstructor>(
                  "have at most " + CONSTRUCTOR_PARAMETERS + " parameters") {
                @Override
                public void check(JavaConstructor constructor, ConditionEvents events) {
                  if (constructor.getParameters().size() > CONSTRUCTOR_PARAMETERS) {
                    events.add(
                        SimpleConditionEvent.violated(constructor, constructor.getDescription()));
                  }
                }
              });

  @Test
  void filesAndMethodsAreShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        tooLong.addAll(tooLong(file, Files.readAllLines(file)));
      }
    }
    assertEquals(List.of(), tooLong);
  }

  private static List<String> tooLong(Path file, List<String> lines) {
    List<String> found = new ArrayList<>();
    if (lines.size() > FILE_LINES) {
      found.add(file + ": " + lines.size() + " lines");
    }
    int begun = 0;
    for (int i = 0; i < lines.size(); i++) {
      // google-java-format puts members of a top-level class at an indent of two.
      if (lines.get(i).startsWith("  ") && lines.get(i).charAt(2) != ' ') {
        if (lines.get(i).equals("  }") && i - begun > METHOD_LINES && !isType(lines.get(begun))) {
          found.add(file + ":" + (begun + 1) + ": " + (i - begun) + " lines");
        }
        begun = i;
      }
    }
    return found;
  }

  private static boolean isType(String line) {
    return line.matches(".*\\b(class|record|interface|enum)\\b.*");
  }

  private static ArchCondition<JavaClass> neitherAskForTimeNorStartThreads() {
    return new ArchCondition<>("neither read a clock, nor wait with a limit, nor start a thread") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (JavaMethodCall call : type.getMethodCallsFromSelf()) {
          if (isOfTimeOrThreads(call.getTarget())) {
            events.add(SimpleConditionEvent.violated(type, call.getDescription()));
          }
        }
      }
    };
  }

  private static boolean isOfTimeOrThreads(AccessTarget.CodeUnitCallTarget target) {
    String called = target.getOwner().getName() + "." + target.getName();
    boolean waitsWithLimit =
        target.getOwner().getPackageName().startsWith("java.util.concurrent")
            && (target.getName().endsWith("Nanos")
                || target.getRawParameterTypes().stream()
                    .anyMatch(each -> each.isEquivalentTo(TimeUnit.class)));
    return waitsWithLimit || called.matches(TIME_OR_THREADS);
  }

  private static ArchCondition<JavaClass> notBeNamedLike(String... suffixes) {
    return new ArchCondition<>("not end in one of " + List.of(suffixes)) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (String suffix : suffixes) {
          if (type.getSimpleName().endsWith(suffix)) {
            events.add(SimpleConditionEvent.violated(type, type.getName() + " ends in " + suffix));
          }
        }
      }
    };
  }
}
